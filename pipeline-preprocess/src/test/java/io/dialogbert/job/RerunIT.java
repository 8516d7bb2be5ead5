package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.ingest.IngestMessagesConfig;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.job.report.ReportJob;
import io.dialogbert.privacy.PiiMasker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that is run again: finished work stays, work that would differ is refused. */
class RerunIT {
  /** A run with this setting fails as soon as it starts a session. */
  private static final String NO_SUCH_MASTER = "spark.master=no-such-master";

  private static SampleChain chain;

  @TempDir private Path temp;
  private Path output;

  @BeforeAll
  static void runChain() throws IOException {
    chain = SampleChain.shared();
  }

  @BeforeEach
  void copyDialogues() throws IOException {
    output = chain.copy("build-dialogues", temp.resolve("dialogues"));
  }

  @Test
  void finishedWorkIsNotDoneAgain() throws IOException {
    String before = manifest();
    JobRun run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already, nothing to do: " + output);
    assertThat(manifest()).isEqualTo(before);
  }

  @Test
  void finishedWorkTakesNoSession() {
    JobRun run = run(NO_SUCH_MASTER);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already, nothing to do: " + output);
  }

  @Test
  void refusedWorkTakesNoSession() {
    JobRun run = run(NO_SUCH_MASTER, "build-dialogues.max-turns=50");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("build-dialogues.max-turns was 100, is now 50");
  }

  @Test
  void sessionThatDoesNotStartLeavesNothing() throws IOException {
    FileUtils.deleteDirectory(output.toFile());
    JobRun run = run(NO_SUCH_MASTER);
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("build-dialogues: bad configuration: Spark does not start: ")
        .contains("no-such-master");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void reportTakesNoSession() throws IOException {
    Path report = temp.resolve("report");
    JobRun run =
        JobRun.of(
            new ReportJob(),
            Stream.of(NO_SUCH_MASTER, "report.work=" + chain.root(), "report.output=" + report)
                .flatMap(setting -> Stream.of("--set", setting))
                .toList());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(report).files())
        .extracting(Manifest.OutputFile::path)
        .containsExactly("report.html");
    // A day and a text from the statistics tables.
    assertThat(Files.readString(report.resolve("report.html")))
        .contains("Messages per day")
        .contains("Most frequent replies");
  }

  @Test
  void inputsThatWereMovedAreTheSameInputs() throws IOException {
    Path moved = chain.copy("ingest-messages", temp.resolve("moved"));
    JobRun run = run("build-dialogues.messages=" + moved);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already");
  }

  @Test
  void changedSettingIsRefusedByName() throws IOException {
    String before = manifest();
    JobRun run = run("build-dialogues.max-turns=50");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("output is not what is asked for: " + output)
        .contains("build-dialogues.max-turns was 100, is now 50")
        .contains("--overwrite")
        .doesNotContain("\tat ");
    assertThat(manifest()).isEqualTo(before);
  }

  @Test
  void changedInputIsRefusedByName() {
    Path messages = chain.koreanMessages(temp.resolve("messages"));
    JobRun run = run("build-dialogues.messages=" + messages);
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("input messages is new or has changed: " + messages);
  }

  @Test
  void overwriteReplacesWhatWasMadeOtherwise() throws IOException {
    Files.writeString(output.resolve("left-over"), "of the old output");
    JobRun run = overwrite("build-dialogues.max-turns=50");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(output).settings())
        .containsEntry("build-dialogues.max-turns", "50");
    assertThat(output.resolve("left-over")).doesNotExist();
    assertNothingHidden();
  }

  @Test
  void overwriteLeavesEqualWorkAlone() throws IOException {
    String before = manifest();
    JobRun run = overwrite();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already");
    assertThat(manifest()).isEqualTo(before);
  }

  @Test
  void workThatLostAFileIsNotTakenForDone() throws IOException {
    Path part = aPart();
    Files.delete(part);
    JobRun refused = run();
    assertThat(refused.exitCode()).as(refused.out()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(refused.err()).contains(part.toString()).contains("--overwrite");

    JobRun again = overwrite();
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out()).contains("build-dialogues done in ");
    assertThat(part).exists();
    assertThat(SampleChain.manifest(output).fingerprint())
        .isEqualTo(chain.manifest("build-dialogues").fingerprint());
  }

  @Test
  void whatAKilledRunLeftBehindIsSweptAway() throws IOException {
    FileUtils.deleteDirectory(output.toFile());
    Path unfinished = Files.createDirectories(temp.resolve(".dialogues.unfinished/data"));
    Files.writeString(unfinished.resolve("part-00000.parquet"), "half of a file");
    JobRun run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(output).fingerprint())
        .isEqualTo(chain.manifest("build-dialogues").fingerprint());
    assertNothingHidden();
  }

  @Test
  void anotherJobsOutputIsNotReplaced() throws IOException {
    String before = manifest();
    JobRun run =
        overwrite(
            "build-dialogues.output=" + chain.copy("ingest-messages", temp.resolve("messages")));
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains(
            "output directory is of another job, ingest-messages: " + temp.resolve("messages"));
    assertThat(manifest()).isEqualTo(before);
  }

  @Test
  void outputIsNeitherInAnInputNorAroundIt() throws IOException {
    Path messages = chain.copy("ingest-messages", temp.resolve("messages"));
    for (Path place : List.of(messages, messages.resolve("dialogues"), temp)) {
      JobRun run =
          overwrite("build-dialogues.messages=" + messages, "build-dialogues.output=" + place);
      assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
      assertThat(run.err())
          .contains("output " + place + " must lie apart from the input " + messages);
    }
    assertThat(SampleChain.manifest(messages).job()).isEqualTo("ingest-messages");
  }

  @Test
  void inputOfTheWrongJobIsRefused() {
    JobRun run = run("build-dialogues.messages=" + chain.output("build-examples"));
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("input messages must be made by ingest-messages, not by build-examples: ");
  }

  @Test
  void linkedOutputStaysALink() throws IOException {
    Path real = Files.createDirectory(temp.resolve("disk")).resolve("dialogues");
    Files.move(output, real);
    Files.createSymbolicLink(output, real);
    JobRun run = overwrite("build-dialogues.max-turns=50");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(output).isSymbolicLink();
    assertThat(SampleChain.manifest(real).settings())
        .containsEntry("build-dialogues.max-turns", "50");
  }

  @Test
  void outputThatAKilledRunHadMovedAwayComesBack() throws IOException {
    String before = manifest();
    Files.move(output, temp.resolve(".dialogues.replaced"));
    Files.createDirectory(temp.resolve(".dialogues.unfinished"));
    JobRun run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already");
    assertThat(manifest()).isEqualTo(before);
    assertNothingHidden();
  }

  @Test
  void outputThatAnObjectStoreRenamedInPartGivesWayToTheOld() throws IOException {
    String before = manifest();
    Files.move(output, temp.resolve(".dialogues.replaced"));
    Files.createDirectories(output.resolve("data"));
    Files.writeString(output.resolve(Manifest.FILE_NAME), before);
    JobRun run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already");
    assertNothingHidden();
  }

  @Test
  void whatAKilledRunHadReplacedIsSweptAway() throws IOException {
    chain.copy("build-dialogues", temp.resolve(".dialogues.replaced"));
    JobRun run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already");
    assertNothingHidden();
  }

  @Test
  void emptyDirectoryIsAsGoodAsNone() throws IOException {
    FileUtils.cleanDirectory(output.toFile());
    JobRun run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(output.resolve(Manifest.FILE_NAME)).exists();
  }

  @Test
  void workOfAnotherVersionOfTheCodeIsDone() throws IOException {
    Path file = output.resolve(Manifest.FILE_NAME);
    String version = SampleChain.manifest(output).run().get("code_version");
    assertThat(version).matches("\\d+\\.\\d+.*");
    Files.writeString(file, manifest().replace(version, "0.0.1"));
    JobRun run = run();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("done already");
    assertThat(SampleChain.manifest(output).fingerprint())
        .isEqualTo(chain.manifest("build-dialogues").fingerprint());
  }

  @Test
  void workFromBeforeThereWereFormatsIsRefusedAndMadeAgain() throws IOException {
    Files.writeString(
        output.resolve(Manifest.FILE_NAME),
        manifest().replace("\"format\" : 1", "\"codeVersion\" : \"0.1.0-SNAPSHOT\""));
    JobRun run = run();
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("it was made by an older version of Dialog-BERT")
        .doesNotContain("\tat ");
    assertThat(overwrite().exitCode()).isZero();
    assertThat(run().out()).contains("done already");
  }

  @Test
  void changedListsAndFormatsAreRefusedByName() throws IOException {
    Path messages = chain.copy("ingest-messages", temp.resolve("messages"));
    assertThat(SampleChain.manifest(messages).inputs())
        .contains(new Manifest.Input("masking-rules", "", PiiMasker.fingerprint()))
        .contains(new Manifest.Input("system-lines", "", SystemLines.fingerprint()));
    List<String> arguments = chain.arguments("ingest-messages", messages);
    assertThat(JobRun.of(new IngestMessagesJob(), arguments).out()).contains("done already");

    JobRun rules = JobRun.of(new Changed("masking-rules", 1), arguments);
    assertThat(rules.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(rules.err())
        .contains("\n  input masking-rules is new or has changed\n", "--overwrite")
        .doesNotContain("system-lines");
    JobRun lines = JobRun.of(new Changed("system-lines", 1), arguments);
    assertThat(lines.err()).contains("\n  input system-lines is new or has changed\n");
    JobRun format = JobRun.of(new Changed("", 2), arguments);
    assertThat(format.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(format.err()).contains("\n  format was 1, is now 2\n");
  }

  /** The job of a version with another list or format. */
  private record Changed(String list, int format) implements Job<IngestMessagesConfig> {
    private static final IngestMessagesJob JOB = new IngestMessagesJob();

    @Override
    public String name() {
      return JOB.name();
    }

    @Override
    public IngestMessagesConfig configure(ConfigReader in) {
      return JOB.configure(in);
    }

    @Override
    public Lineage lineage(IngestMessagesConfig config) {
      Lineage lineage = JOB.lineage(config);
      return list.isEmpty() ? lineage : lineage.fingerprint(list, "another");
    }

    @Override
    public void run(JobContext job, IngestMessagesConfig config) throws IOException {
      JOB.run(job, config);
    }
  }

  private JobRun run(String... settings) {
    return JobRun.of(new BuildDialoguesJob(), chain.arguments("build-dialogues", output, settings));
  }

  private JobRun overwrite(String... settings) {
    List<String> arguments = new ArrayList<>(chain.arguments("build-dialogues", output, settings));
    arguments.add("--overwrite");
    return JobRun.of(new BuildDialoguesJob(), arguments);
  }

  private String manifest() throws IOException {
    return Files.readString(output.resolve(Manifest.FILE_NAME));
  }

  private Path aPart() throws IOException {
    try (Stream<Path> files = Files.walk(output)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().findFirst().get();
    }
  }

  private void assertNothingHidden() throws IOException {
    try (Stream<Path> entries = Files.list(temp)) {
      assertThat(entries.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }
}
