package io.dialogbert.frame.store;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** Brings task output files into their final form, and describes them for a manifest. */
public final class OutputFiles {
  private final Directories directories;

  public OutputFiles(Directories directories) {
    this.directories = directories;
  }

  /**
   * A file as read back.
   *
   * @param from the path that was read: the file, or a copy that will replace it
   */
  public record Described(Manifest.OutputFile file, String from) implements Serializable {}

  /**
   * Removes the random part of Spark's part file names, so that the same work gives the same
   * directory. Deletes markers and side files, and lists the rest.
   *
   * @return paths relative to the directory, in order
   */
  public List<String> tidy(Path directory) throws IOException {
    FileSystem fileSystem = directories.fileSystem(directory);
    List<String> paths = new ArrayList<>();
    String root = fileSystem.makeQualified(directory).toUri().getPath() + "/";
    for (FileStatus file : directories.list(directory)) {
      Path path = file.getPath();
      // A task that Spark abandoned may still write below _temporary.
      if (Directories.hiddenBelow(fileSystem.makeQualified(directory), path)) {
        fileSystem.delete(path, false);
        continue;
      }
      // Executors' local file systems write checksum files beside the parts; listings hide them.
      if (fileSystem instanceof ChecksumFileSystem checked) {
        checked.getRawFileSystem().delete(checked.getChecksumFile(path), false);
      }
      String stable = PartName.stable(path.getName());
      Path renamed = new Path(path.getParent(), stable);
      if (!renamed.equals(path)) {
        Directories.rename(fileSystem, path, renamed);
      }
      String full = renamed.toUri().getPath();
      paths.add(full.substring(root.length()));
    }
    paths.sort(Comparator.naturalOrder());
    return paths;
  }

  /**
   * Reads a file back: its length, checksum and, for Parquet, rows. If a Parquet file's footer has
   * its encodings out of order, a sorted copy is written and returned.
   */
  public Described describe(Path directory, String relative) throws IOException {
    Path path = new Path(directory, relative);
    boolean parquet = relative.endsWith(".parquet");
    Path copy = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
    Path read =
        parquet && ParquetFooters.sortEncodings(directories.fileSystem(path), path, copy)
            ? copy
            : path;
    long bytes = directories.fileSystem(read).getFileStatus(read).getLen();
    String sha256 = FileCheck.sha256(directories.hadoop(), read);
    long rows = parquet ? rows(read) : -1;
    return new Described(new Manifest.OutputFile(relative, bytes, rows, sha256), read.toString());
  }

  private long rows(Path path) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, directories.hadoop()))) {
      return reader.getRecordCount();
    }
  }

  /** Replaces files by their copies, and deletes the copies of failed attempts. */
  public void installCopies(Path directory, Collection<Described> described) throws IOException {
    FileSystem fileSystem = directories.fileSystem(directory);
    for (Described one : described) {
      Path from = new Path(one.from());
      Path path = new Path(directory, one.file().path());
      if (!from.equals(path)) {
        fileSystem.delete(path, false);
        Directories.rename(fileSystem, from, path);
      }
    }
    for (FileStatus file : directories.list(directory)) {
      if (Directories.hidden(file.getPath())) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }
}
