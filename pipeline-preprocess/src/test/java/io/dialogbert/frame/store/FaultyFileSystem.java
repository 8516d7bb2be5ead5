package io.dialogbert.frame.store;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local files under {@code faulty:///} with one fault at a time: changes by the thread that set it
 * fail, as if the process had been killed; the disk is full; a file is lost while it is read; files
 * cannot be opened for a while. As on HDFS, a rename never replaces a file.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
  private static final URI ROOT = URI.create("faulty:///");
  private static final String FULL_DEVICE = "/dev/full";
  private static final AtomicInteger CHANGES = new AtomicInteger();
  private static final AtomicLong SPACE = new AtomicLong(Long.MAX_VALUE);
  private static final AtomicInteger OPENS = new AtomicInteger();
  private static final AtomicInteger FAILURES = new AtomicInteger();
  private static volatile Thread watched;
  private static volatile String awaited = "";
  private static volatile String lost = "";

  /** Ends all faults. */
  public static void heal() {
    watched = null;
    awaited = "";
    lost = "";
    FAILURES.set(0);
    SPACE.set(Long.MAX_VALUE);
  }

  /** Lets this many more changes of this thread succeed. */
  public static void failAfter(int changes) {
    heal();
    CHANGES.set(changes);
    watched = Thread.currentThread();
  }

  /** Lets one more change of this thread succeed after {@code path} is deleted. */
  public static void failSoonAfterDeleting(String path) {
    heal();
    awaited = path;
  }

  /** Lets the disk hold this many more bytes. */
  public static void space(long bytes) {
    heal();
    SPACE.set(bytes);
  }

  /** Deletes a file just before it is opened for the given time, counted from 1. */
  public static void loseFile(String name, int opens) {
    heal();
    OPENS.set(opens);
    lost = name;
  }

  /** Lets this many attempts to open a file fail. */
  public static void failToOpen(int times) {
    heal();
    FAILURES.set(times);
  }

  /** The name by which a job reaches a local file through this file system. */
  public static String path(java.nio.file.Path local) {
    return "faulty://" + local;
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return plain(super.getFileStatus(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return Stream.of(super.listStatus(path))
        .map(FaultyFileSystem::plain)
        .toArray(FileStatus[]::new);
  }

  /** Without permissions, because Hadoop looks up local ones by their URI. */
  private static FileStatus plain(FileStatus local) {
    return new FileStatus(
        local.getLen(),
        local.isDirectory(),
        local.getReplication(),
        local.getBlockSize(),
        local.getModificationTime(),
        local.getPath());
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return !exists(to) && super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    if (recursive && exists(path) && getFileStatus(path).isDirectory()) {
      // One by one, so that the deletion can stop halfway.
      for (var child : listStatus(path)) {
        delete(child.getPath(), true);
      }
    }
    change();
    if (path.toUri().getPath().equals(awaited)) {
      failAfter(1);
    }
    return super.delete(path, recursive);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if (FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IOException("the disk does not answer");
    }
    if (path.getName().equals(lost) && OPENS.decrementAndGet() == 0) {
      super.delete(path, false);
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
    change();
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
    change();
    return limited(
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  private static void change() throws IOException {
    if (Thread.currentThread().equals(watched) && CHANGES.getAndDecrement() <= 0) {
      CHANGES.set(0);
      throw new IOException("the process is gone");
    }
  }

  private FSDataOutputStream limited(OutputStream out) throws IOException {
    return new FSDataOutputStream(
        new FilterOutputStream(out) {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (SPACE.addAndGet(-length) < 0) {
              failAsFull();
            }
            out.write(bytes, offset, length);
          }
        },
        null);
  }

  /** As in Hadoop's local file system, if there is a full device (Linux). */
  private void failAsFull() throws IOException {
    if (new File(FULL_DEVICE).exists()) {
      try (OutputStream full =
          super.create(new Path(FULL_DEVICE), true, 1, (short) 1, 1L << 20, null)) {
        full.write(0);
      }
    }
    throw new IOException("No space left on device");
  }
}
