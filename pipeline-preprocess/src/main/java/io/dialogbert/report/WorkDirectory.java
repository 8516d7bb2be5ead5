package io.dialogbert.report;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The finished stages below a local directory.
 *
 * @param stages in the order in which they were started
 * @param runs the training runs among them, in the same order
 */
public record WorkDirectory(List<StageReport> stages, List<TrainingRun> runs) {
  private static final String METRICS_FILE = "metrics.jsonl";

  /**
   * Reads the manifest and the metrics of each directory directly below; directories without a
   * manifest are not done and are left out.
   *
   * @throws BadInputException if none is done or a file is damaged
   */
  public static WorkDirectory read(Path root) throws IOException {
    List<StageReport> stages = new ArrayList<>();
    try (Stream<Path> directories = Files.list(root)) {
      for (Path directory : directories.sorted().toList()) {
        Path file = directory.resolve(Manifest.FILE_NAME);
        if (Files.isRegularFile(file)) {
          String json = Files.readString(file, StandardCharsets.UTF_8);
          stages.add(
              new StageReport(directory.toString(), Manifest.fromJson(json, file.toString())));
        }
      }
    }
    if (stages.isEmpty()) {
      throw new BadInputException(
          "no directory with a " + Manifest.FILE_NAME + " in " + root + "; run the stages first");
    }
    stages.sort(Comparator.comparing(StageReport::started));
    List<TrainingRun> runs = new ArrayList<>();
    for (StageReport stage : stages) {
      Path file = Path.of(stage.directory()).resolve(METRICS_FILE);
      if (Files.isRegularFile(file)) {
        runs.add(
            TrainingRun.parse(
                stage.manifest().job(), Files.readString(file, StandardCharsets.UTF_8)));
      }
    }
    return new WorkDirectory(List.copyOf(stages), List.copyOf(runs));
  }
}
