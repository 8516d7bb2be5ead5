package io.dialogbert.frame;

import io.dialogbert.common.BadConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Configuration files that {@code spark-submit --files} names. YARN and Kubernetes put them into
 * the driver's working directory. Other drivers know only where they are, and Spark fetches them
 * only once it has started.
 */
final class SubmittedFiles {
  private SubmittedFiles() {}

  /**
   * The local path of a configuration file: the given path if there is such a file or none of that
   * name was submitted. Otherwise all submitted files with its ending are copied into a temporary
   * directory, since one may include another.
   *
   * @param submitted their paths, separated by commas
   * @param hadoop used only if there is something to copy
   * @throws BadConfigException if one of them cannot be read
   */
  static String find(String file, String submitted, Supplier<Configuration> hadoop) {
    List<Path> paths =
        Stream.of(submitted.split(",")).filter(p -> !p.isEmpty()).map(Path::new).toList();
    if (paths.stream().noneMatch(path -> path.getName().equals(file))
        || Files.exists(java.nio.file.Path.of(file))) {
      return file;
    }
    String ending = file.substring(Math.max(0, file.lastIndexOf('.')));
    Path directory = temporary(hadoop.get());
    paths.stream()
        .filter(path -> path.getName().endsWith(ending))
        .forEach(path -> copy(path, new Path(directory, path.getName()), hadoop.get()));
    return new Path(directory, file).toUri().getPath();
  }

  private static Path temporary(Configuration hadoop) {
    try {
      Path directory = new Path(Files.createTempDirectory("dialogbert-conf").toUri());
      FileSystem.getLocal(hadoop).deleteOnExit(directory);
      return directory;
    } catch (IOException e) {
      throw new BadConfigException("no temporary directory for submitted files: " + e, e);
    }
  }

  private static void copy(Path from, Path to, Configuration hadoop) {
    try {
      from.getFileSystem(hadoop).copyToLocalFile(from, to);
    } catch (IOException e) {
      throw new BadConfigException(
          "the driver cannot read "
              + from
              + ", which --files names: "
              + e.getMessage()
              + "; a standalone cluster sends no files to its driver, so the path must be one that"
              + " every machine reaches, such as hdfs: or s3a: or a shared directory",
          e);
    }
  }
}
