package io.dialogbert.job.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.report.StageReport;
import io.dialogbert.report.TrainingRun;
import io.dialogbert.report.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryReaderTest {
  @TempDir private Path root;

  private WorkDirectory read() throws IOException {
    return new WorkDirectoryReader(new Directories(new Configuration())).read(root.toString());
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** A manifest as a job of any version writes it. */
  private void manifest(String directory, String job, String started, String inputs, int rowsOut)
      throws IOException {
    write(
        directory + "/manifest.json",
        """
        {"job": "%s", "codeVersion": "0.1.0", "format": 1, "settings": {}, "inputs": [%s],
         "counts": {"rows_out": %d}, "figures": {}, "files": [], "run": {"started": "%s"}}
        """
            .formatted(job, inputs, rowsOut, started));
  }

  private static String input(String path, String fingerprint) {
    return "{\"name\": \"input\", \"path\": \"%s\", \"fingerprint\": \"%s\"}"
        .formatted(path, fingerprint);
  }

  @Test
  void finishedStagesAreThereInTheOrderOfTheirStart() throws IOException {
    manifest("b", "pretrain", "2026-01-01", "", 5);
    write("b/metrics.jsonl", "{\"step\":1,\"mlm_loss\":2.5}\n");
    manifest("c", "first", "2025-12-31", "", 6);
    manifest("a", "report", "2026-01-02", "", 1);
    manifest(".b.replaced", "pretrain", "2024-01-01", "", 1);
    write("unfinished/part.parquet", "");
    write("notes.txt", "no stage");
    WorkDirectory work = read();
    assertThat(work.stages())
        .extracting(stage -> stage.manifest().job())
        .containsExactly("first", "pretrain");
    assertThat(work.stages().get(0).rowsOut()).hasValue(6);
    assertThat(work.stages().get(0).directory()).isEqualTo(root.resolve("c").toString());
    assertThat(work.runs()).extracting(TrainingRun::name).containsExactly("pretrain");
  }

  @Test
  void placeWithoutAFinishedStageIsRefused() throws IOException {
    assertThatThrownBy(this::read)
        .isInstanceOf(BadInputException.class)
        .hasMessage("no directory with a manifest.json in " + root + "; run the stages first");
    root = Files.createFile(root.resolve("file"));
    assertThatThrownBy(this::read)
        .isInstanceOf(BadInputException.class)
        .hasMessage("not a directory: " + root);
  }

  @Test
  void stageIsMarkedWhoseInputWasMadeAgainSince() throws IOException {
    manifest("messages", "ingest-messages", "2026-01-01", input("", "a key's"), 5);
    String fingerprint = read().stages().get(0).manifest().fingerprint();
    // The same place, spelled differently.
    String place = "file://" + root + "/x/../messages";
    manifest("dialogues", "build-dialogues", "2026-01-02", input(place, fingerprint), 2);
    assertThat(read().stages()).noneMatch(StageReport::isStale);

    manifest("messages", "ingest-messages", "2026-01-01", "", 6);
    assertThat(read().stages())
        .extracting(StageReport::label)
        .containsExactly("ingest-messages", "build-dialogues (of older inputs)");
  }

  @Test
  void inputsThatAreNowhereOrNoPathsMarkNothing() throws IOException {
    String inputs =
        String.join(
            ",",
            input("", "1"),
            input("file-0123.txt: a name", "2"),
            input("nowhere://host/messages", "3"),
            input("/elsewhere", "4"));
    manifest("dialogues", "build-dialogues", "2026-01-02", inputs, 2);
    assertThat(read().stages()).extracting(StageReport::label).containsExactly("build-dialogues");
  }
}
