package io.dialogbert.frame.store;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local files under {@code observed:///}. An observer is called before each operation and may act
 * as another process would. A directory renamed onto another one is moved into it, as on HDFS; if
 * requested, file by file, as on an object store.
 */
public final class ObservedFileSystem extends RawLocalFileSystem {
  private static final URI ROOT = URI.create("observed:///");

  private static Runnable observer = () -> {};
  private static boolean renamesFileByFile;

  /** Sets the observer. It is not called for its own operations. */
  static void observe(boolean fileByFile, Runnable before) {
    renamesFileByFile = fileByFile;
    observer = before;
  }

  private static void call() {
    Runnable called = observer;
    observer = () -> {};
    try {
      called.run();
    } finally {
      observer = called;
    }
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public String getScheme() {
    return "observed";
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    call();
    return plain(super.getFileStatus(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    call();
    FileStatus[] listed = super.listStatus(path);
    for (int i = 0; i < listed.length; i++) {
      listed[i] = plain(listed[i]);
    }
    return listed;
  }

  /** Without permissions, because Hadoop looks up local ones by their URI. */
  private static FileStatus plain(FileStatus local) {
    return new FileStatus(
        local.getLen(), local.isDirectory(), 1, local.getBlockSize(), 0, local.getPath());
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    call();
    if (exists(to)) {
      return rename(from, new Path(to, from.getName()));
    }
    if (!renamesFileByFile || !getFileStatus(from).isDirectory()) {
      return super.rename(from, to);
    }
    mkdirs(to);
    for (FileStatus child : listStatus(from)) {
      rename(child.getPath(), new Path(to, child.getPath().getName()));
    }
    return delete(from, true);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    call();
    return super.delete(path, recursive);
  }

  @Override
  public boolean mkdirs(Path path) throws IOException {
    call();
    return super.mkdirs(path);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    call();
    return super.open(path, bufferSize);
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
    call();
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
  }
}
