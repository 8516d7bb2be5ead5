package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.FaultyFileSystem;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails while a job runs: the error is named, and the previous output stays. */
@Timeout(60)
class FaultIT {
  private static SampleChain chain;

  @TempDir private Path temp;
  private Path output;
  private String before;

  @BeforeAll
  static void runChain() throws IOException {
    chain = SampleChain.shared();
  }

  @AfterEach
  void heal() {
    FaultyFileSystem.heal();
  }

  private void keepDialogues() throws IOException {
    output = chain.copy("build-dialogues", temp.resolve("dialogues"));
    before = Files.readString(output.resolve(Manifest.FILE_NAME));
  }

  @Test
  void fullDiskUnderADataFileIsNamedAndFreedAndTheOldOutputStays() throws IOException {
    keepDialogues();
    FaultyFileSystem.space(20_000);
    assertDiskFull(
        overwrite(
            "build-dialogues.output=" + FaultyFileSystem.path(output),
            "build-dialogues.max-turns=99"));
  }

  @Test
  void fullDiskUnderTheManifestIsNamedAndFreedAndTheOldOutputStays() throws IOException {
    keepDialogues();
    long data =
        chain.manifest("build-dialogues").files().stream()
            .mapToLong(Manifest.OutputFile::bytes)
            .sum();
    // Split in the same way, so the same number of bytes, plus a few for the manifest.
    FaultyFileSystem.space(data + 100);
    assertDiskFull(
        overwrite(
            "build-dialogues.output=" + FaultyFileSystem.path(output),
            "build-dialogues.max-turns=99"));
  }

  @Test
  void outputIsMadeOnceThereIsSpace() throws IOException {
    output = temp.resolve("dialogues");
    String place = "build-dialogues.output=" + FaultyFileSystem.path(output);
    FaultyFileSystem.space(20_000);
    assertThat(overwrite(place).exitCode()).isEqualTo(JobMain.FAILED);
    assertThat(output).doesNotExist();
    FaultyFileSystem.heal();
    JobRun run = overwrite(place);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(output).fingerprint())
        .isEqualTo(chain.manifest("build-dialogues").fingerprint());
  }

  @Test
  void inputFileThatIsDeletedWhileAJobReadsItIsNamed() throws IOException {
    keepDialogues();
    Path messages = chain.copy("ingest-messages", temp.resolve("messages"));
    Path part;
    try (Stream<Path> files = Files.walk(messages.resolve("data"))) {
      part = files.filter(file -> file.toString().endsWith(".parquet")).sorted().findFirst().get();
    }
    // One file is opened first for its schema.
    FaultyFileSystem.loseFile(part.getFileName().toString(), 3);
    JobRun run =
        overwrite(
            "build-dialogues.messages=" + FaultyFileSystem.path(messages),
            "build-dialogues.max-turns=99");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("input messages is torn: ", part.getFileName() + " is missing")
        .doesNotContain("\tat ");
    assertOldOutputStays();
  }

  @Test
  void rawFileThatIsDeletedBeforeItIsReadIsNamed() throws IOException {
    output = chain.copy("ingest-messages", temp.resolve("messages"));
    before = Files.readString(output.resolve(Manifest.FILE_NAME));
    Path exports = chain.copy("make-sample", temp.resolve("exports")).resolve("data");
    Path export;
    try (Stream<Path> files = Files.list(exports)) {
      export = files.sorted().findFirst().get();
    }
    FaultyFileSystem.loseFile(export.getFileName().toString(), 1);
    List<String> arguments =
        new ArrayList<>(
            chain.arguments(
                "ingest-messages",
                output,
                "ingest-messages.max-repeats=3",
                "ingest-messages.input=[\"" + FaultyFileSystem.path(exports) + "\"]"));
    arguments.add("--overwrite");
    JobRun run = JobRun.of(new IngestMessagesJob(), arguments);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains(export.getFileName() + " row 1: unreadable-file")
        .doesNotContain("\tat ");
    assertOldOutputStays();
  }

  @Test
  void rawFilesThatCannotBeReadForAWhileAreReadAgain() throws IOException {
    output = temp.resolve("messages");
    Path exports = chain.copy("make-sample", temp.resolve("exports")).resolve("data");
    FaultyFileSystem.failToOpen(2);
    JobRun run =
        JobRun.of(
            new IngestMessagesJob(),
            chain.arguments(
                "ingest-messages",
                output,
                "spark.master=local[2,4]",
                "ingest-messages.input=[\"" + FaultyFileSystem.path(exports) + "\"]"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(output).files())
        .isEqualTo(chain.manifest("ingest-messages").files());
  }

  private void assertDiskFull(JobRun run) throws IOException {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.FAILED);
    assertThat(run.err())
        .contains("build-dialogues: failed: no space left on a disk")
        .contains(output.toString(), "spark.local.dir")
        .doesNotContain("\tat ");
    assertOldOutputStays();
    try (Stream<Path> entries = Files.list(temp)) {
      assertThat(entries).as("nothing is left to fill the disk").containsExactly(output);
    }
  }

  private void assertOldOutputStays() throws IOException {
    assertThat(output.resolve(Manifest.FILE_NAME)).hasContent(before);
    for (Manifest.OutputFile file : SampleChain.manifest(output).files()) {
      assertThat(output.resolve(file.path())).hasSize(file.bytes());
    }
  }

  private JobRun overwrite(String... settings) {
    List<String> arguments = new ArrayList<>(chain.arguments("build-dialogues", output, settings));
    arguments.add("--overwrite");
    return JobRun.of(new BuildDialoguesJob(), arguments);
  }
}
