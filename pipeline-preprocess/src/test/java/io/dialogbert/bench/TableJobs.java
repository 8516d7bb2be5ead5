package io.dialogbert.bench;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Jobs that make what a table compares, each in its own JVM. Existing outputs are not made again.
 */
final class TableJobs {
  private final Path root = Path.of(System.getProperty("bench.root"));
  private final Path work;
  private final Set<Path> made = new HashSet<>();

  /**
   * Jobs whose outputs are in one directory.
   *
   * @param work the directory, relative to the project's
   */
  TableJobs(String work) {
    this.work = root.resolve(work);
  }

  Path work() {
    return work;
  }

  /** The public data sets, which no table ships. */
  static Path data() {
    String data = System.getenv("DIALOGBERT_DATA");
    if (data == null) {
      throw new IllegalArgumentException(
          "DIALOGBERT_DATA must name the directory of the public data sets");
    }
    return Path.of(data);
  }

  /** A key for pseudonyms, which need not be secret here. */
  void writeKey() throws IOException {
    Path key = work.resolve("pseudonym.key");
    if (!Files.exists(key)) {
      Files.createDirectories(work);
      Files.writeString(key, "key of the pretraining tables\n");
    }
  }

  /**
   * Runs a job, unless its output exists; stopped training is resumed.
   *
   * @param conf the configuration, relative to {@code conf}
   */
  Manifest run(String conf, String job, Path output, String... settings)
      throws IOException, InterruptedException {
    if (made.add(output)) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  System.getProperty("java.home") + "/bin/java",
                  "-Xmx2g",
                  "@" + root.resolve("conf/jvm.options"),
                  "-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"),
                  "-cp",
                  System.getProperty("java.class.path"),
                  JobMain.class.getName(),
                  job,
                  "--config",
                  root.resolve("conf").resolve(conf).toString(),
                  "--resume",
                  "--set",
                  "work=" + work,
                  "--set",
                  job + ".output=" + output));
      for (String setting : settings) {
        command.addAll(List.of("--set", setting));
      }
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (status != JobMain.DONE) {
        throw new IllegalStateException(job + " gave exit code " + status);
      }
    }
    String manifest = Files.readString(output.resolve(Manifest.FILE_NAME));
    return Manifest.fromJson(manifest, output.toString());
  }
}
