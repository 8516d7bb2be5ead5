package io.dialogbert.preprocess;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local files as {@code faultydisk:/...}, on a disk that can be full, that loses a file while it is
 * read, or that fails for a while. What is to go wrong is set for the whole JVM.
 */
public final class FaultyDisk extends RawLocalFileSystem {
  private static final String SCHEME = "faultydisk";
  private static final String FULL_DEVICE = "/dev/full";
  private static final AtomicLong SPACE = new AtomicLong();
  private static final AtomicInteger OPENS = new AtomicInteger();
  private static final AtomicInteger FAILURES = new AtomicInteger();
  private static volatile String lost = "";

  /** Lets the disk hold so many more bytes. */
  static void space(long bytes) {
    SPACE.set(bytes);
    FAILURES.set(0);
    lost = "";
  }

  /** Deletes a file before it is opened for the given time, the first of which is 1. */
  static void loseFile(String name, int opens) {
    space(Long.MAX_VALUE);
    OPENS.set(opens);
    lost = name;
  }

  /** Lets so many openings of files fail. */
  static void failToOpen(int times) {
    space(Long.MAX_VALUE);
    FAILURES.set(times);
  }

  static String path(java.nio.file.Path path) {
    return SCHEME + ":" + path;
  }

  /** The setting that lets a job use this file system. */
  static String setting() {
    return "spark.hadoop.fs." + SCHEME + ".impl=" + FaultyDisk.class.getName();
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public void initialize(URI uri, Configuration conf) throws IOException {
    super.initialize(uri, conf);
    setConf(conf);
  }

  /** Without owner and permissions, which its own status takes for those of a {@code file:} URI. */
  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus status = super.getFileStatus(path);
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime(),
        status.getPath());
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if (FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IOException("the disk does not answer");
    }
    if (path.getName().equals(lost) && OPENS.decrementAndGet() == 0) {
      delete(path, false);
    }
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return limited(super.create(path, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return limited(
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  private FSDataOutputStream limited(FSDataOutputStream out) throws IOException {
    // Where there is such a device (Linux), a full disk fails as Hadoop's local file system does.
    OutputStream full =
        new File(FULL_DEVICE).exists()
            ? super.create(new Path(SCHEME + ":" + FULL_DEVICE), true, 1, (short) 1, 1L << 20, null)
            : OutputStream.nullOutputStream();
    return new FSDataOutputStream(new LimitedStream(out, full), null);
  }

  private static final class LimitedStream extends OutputStream {
    private final OutputStream out;
    private final OutputStream full;

    LimitedStream(OutputStream out, OutputStream full) {
      this.out = out;
      this.full = full;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (SPACE.addAndGet(-length) < 0) {
        full.write(bytes, offset, length);
        full.flush();
        throw new IOException("No space left on device");
      }
      out.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
