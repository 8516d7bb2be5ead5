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

/** Brings the files that tasks wrote into their final form, and describes them for a manifest. */
public final class OutputFiles {
  private final Directories directories;

  public OutputFiles(Directories directories) {
    this.directories = directories;
  }

  /**
   * A file as it was read back.
   *
   * @param from path of what was read: the file, or a copy that is to take its place
   */
  public record Described(Manifest.OutputFile file, String from) implements Serializable {}

  /**
   * Gives Spark's part files names without the random part, so that the same work leaves the same
   * directory, drops markers and side files, and lists what is left.
   *
   * @return paths relative to the directory, in order
   */
  public List<String> tidy(Path directory) throws IOException {
    FileSystem fileSystem = directories.fileSystem(directory);
    List<String> paths = new ArrayList<>();
    String root = fileSystem.makeQualified(directory).toUri().getPath() + "/";
    for (FileStatus file : directories.list(directory)) {
      Path path = file.getPath();
      // A task that Spark gave up may still write below _temporary.
      if (Directories.hiddenBelow(fileSystem.makeQualified(directory), path)) {
        fileSystem.delete(path, false);
        continue;
      }
      // Executors' local file systems write checksums beside the parts; listings do not show them.
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
   * Reads a file back: its length, rows if it is Parquet, and checksum. Of a Parquet file in which
   * the writer left something to chance, a copy in order is made and told of.
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

  /**
   * Puts the copies in the places of their files, and sweeps away those of attempts that failed.
   */
  public void settle(Path directory, Collection<Described> described) throws IOException {
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
