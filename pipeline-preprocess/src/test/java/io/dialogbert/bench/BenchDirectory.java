package io.dialogbert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files of one run; deleted when it ends. */
final class BenchDirectory implements AutoCloseable {
  private final Path directory;

  BenchDirectory() throws IOException {
    directory = Files.createTempDirectory("dialogbert-bench");
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  Path write(String name, byte[] bytes) throws IOException {
    return Files.write(file(name), bytes);
  }

  Path write(String name, List<String> lines) throws IOException {
    return Files.write(file(name), lines);
  }

  /** Deletes a file, or a directory with all that is in it. */
  static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    delete(directory);
  }
}
