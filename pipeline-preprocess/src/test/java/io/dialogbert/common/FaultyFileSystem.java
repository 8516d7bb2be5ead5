package io.dialogbert.common;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local files under {@code faulty:///}. After a number of changes by the thread that set it, every
 * change fails, as if the process had been killed. As on HDFS, nothing is renamed onto a file.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
  private static final URI ROOT = URI.create("faulty:///");
  private static final AtomicInteger LEFT = new AtomicInteger(Integer.MAX_VALUE);
  private static volatile Thread watched;
  private static volatile String awaited = "";

  /** Lets so many more changes of this thread succeed. */
  public static void failAfter(int changes) {
    LEFT.set(changes);
    awaited = "";
    watched = Thread.currentThread();
  }

  /** Lets everything succeed. */
  public static void heal() {
    failAfter(Integer.MAX_VALUE);
  }

  /** Lets one more change of this thread succeed once {@code path} has been deleted. */
  public static void failSoonAfterDeleting(String path) {
    heal();
    awaited = path;
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

  /** Without permissions, which local ones are looked up by their URI for. */
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
      // One by one, so that it can be half done.
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
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    change();
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
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
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static void change() throws IOException {
    if (Thread.currentThread().equals(watched) && LEFT.getAndDecrement() <= 0) {
      LEFT.set(0);
      throw new IOException("the process is gone");
    }
  }
}
