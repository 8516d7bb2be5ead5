package io.dialogbert.job.day;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.PlantedDuplicates;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.forget.ForgetJob;
import io.dialogbert.job.report.StatusJob;
import io.dialogbert.job.stats.CorpusStatsJob;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages after dialogues, over days: examples, sets of days, status and forget. */
class DayStagesIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String EMPTY = "2026-11-23";
  private static final String FIRST = "2026-11-24";
  private static final String SECOND = "2026-11-25";
  private static final List<String> DAYS = List.of(EMPTY, FIRST, SECOND);

  /** Takes part on both days, late in the evening, too. */
  private static final String FORGOTTEN = "forget-me";

  @TempDir private static Path temp;
  private static DayChain chain;
  private static byte[] firstExamples;

  /** Near-duplicates are not looked for: that takes most of the time, and {@link DaysIT} does. */
  private static final String[] SETTINGS = {
    "build-dialogues.min-broadcast-length=5", "build-dialogues.near-duplicate-threshold=1"
  };

  @BeforeAll
  static void makeStages() throws IOException {
    System.out.println("seed " + SEED);
    chain = new DayChain(temp);
    PlantedDuplicates made = new PlantedDuplicates(SEED, 5);
    for (String day : List.of(FIRST, SECOND)) {
      for (int c = 0; c < 30; c++) {
        String from = day + (c < 2 ? "T23:58:00Z" : "T12:00:00Z");
        Instant at = Instant.parse(from);
        String conversation = day + c;
        for (String text : made.dialogue(6).lines().toList()) {
          boolean first = at.getEpochSecond() % 10 == 0;
          chain.say(conversation, first && c < 5 ? FORGOTTEN : conversation + first, at, text);
          at = at.plusSeconds(5);
        }
      }
    }
    for (String day : DAYS) {
      chain.add(day, SETTINGS);
    }
    run(
        new TrainTokenizerJob(),
        "",
        "train-tokenizer.dialogues=" + chain.path("dialogues"),
        "train-tokenizer.output=" + chain.path("tokenizer"),
        "train-tokenizer.method=character",
        "train-tokenizer.vocab-size=300");
    for (String day : List.of(EMPTY, FIRST)) {
      examples(day, "dialogues", "examples");
    }
    firstExamples = Files.readAllBytes(manifestFile("examples", FIRST));
    examples(SECOND, "dialogues", "examples");
  }

  private static Path manifestFile(String stage, String day) {
    return chain.path(stage + "/day=" + day + "/manifest.json");
  }

  private static JobRun run(io.dialogbert.frame.Job<?> job, String day, String... settings) {
    JobRun run = chain.run(job, day, List.of(settings));
    DayChain.done(run);
    return run;
  }

  private static JobRun examples(String day, String dialogues, String output) {
    return run(new BuildExamplesJob(), day, exampleSettings(dialogues, output));
  }

  private static String[] exampleSettings(String dialogues, String output) {
    return new String[] {
      "build-examples.dialogues=" + chain.path(dialogues),
      "build-examples.tokenizer=" + chain.path("tokenizer"),
      "build-examples.output=" + chain.path(output),
      "build-examples.max-unknown-rate=1"
    };
  }

  private static List<String> inputs(Manifest manifest, String name) {
    return manifest.inputs().stream()
        .filter(input -> input.name().equals(name))
        .map(input -> Path.of(input.path()).getFileName().toString())
        .toList();
  }

  @Test
  void examplesOfADayDoNotChangeWhenAnotherIsAdded() {
    assertThat(manifestFile("examples", FIRST)).hasBinaryContent(firstExamples);
    for (String day : List.of(FIRST, SECOND)) {
      assertThat(chain.manifest("examples/day=" + day).rows("data")).isPositive();
    }
    assertThat(chain.manifest("examples/day=" + EMPTY).counts())
        .containsEntry("rows_in", 0L)
        .containsEntry("rows_out", 0L);
    for (String day : DAYS) {
      assertThat(examples(day, "dialogues", "examples").out())
          .contains("done already, nothing to do");
    }
    List<String> other = new ArrayList<>(List.of(exampleSettings("dialogues", "examples")));
    other.add("build-examples.max-sequence-length=32");
    JobRun refused = chain.run(new BuildExamplesJob(), "2026-11-26", other);
    assertThat(refused.exitCode()).as("no dialogues of that day").isEqualTo(JobMain.BAD_INPUT);
    FileUtils.deleteQuietly(chain.path("examples/day=" + EMPTY).toFile());
    assertThat(chain.run(new BuildExamplesJob(), EMPTY, other).err())
        .contains("build-examples.max-sequence-length was 48, is now 32");
    examples(EMPTY, "dialogues", "examples");
  }

  @Test
  void jobsReadAllDaysOrThoseOfAGlob() {
    assertThat(inputs(chain.manifest("tokenizer"), "dialogues"))
        .containsExactly("day=" + EMPTY, "day=" + FIRST, "day=" + SECOND);
    examples("", "dialogues", "examples-of-all");
    Manifest all = chain.manifest("examples-of-all");
    assertThat(all.counts())
        .containsEntry(
            "rows_in",
            chain.manifest("dialogues/day=" + FIRST).rows("data")
                + chain.manifest("dialogues/day=" + SECOND).rows("data"));
    examples("", "dialogues/day=2026-11-2[34]", "examples-of-two");
    assertThat(inputs(chain.manifest("examples-of-two"), "dialogues"))
        .containsExactly("day=" + EMPTY, "day=" + FIRST);
    run(
        new CorpusStatsJob(),
        "",
        "corpus-stats.messages=" + chain.path("messages"),
        "corpus-stats.dialogues=" + chain.path("dialogues"),
        "corpus-stats.tokenizer=" + chain.path("tokenizer"),
        "corpus-stats.output=" + chain.path("stats"),
        "corpus-stats.max-unknown-rate=1");
    JobRun incomplete =
        chain.run(
            new CorpusStatsJob(),
            "",
            List.of(
                "corpus-stats.messages=" + chain.path("messages"),
                "corpus-stats.dialogues=" + chain.path("dialogues/day=2026-11-2[34]"),
                "corpus-stats.tokenizer=" + chain.path("tokenizer"),
                "corpus-stats.output=" + chain.path("stats-of-two")));
    assertThat(incomplete.exitCode()).as("no dialogues of a day").isEqualTo(JobMain.BAD_INPUT);
    assertThat(chain.rows("stats/messages_per_day", "cast(day as string)", "messages"))
        .extracting(row -> row.mkString(" "))
        .containsExactlyInAnyOrder(FIRST + " 180", SECOND + " 180");
    assertThat(chain.rows("stats/outcomes", "job", "what", "number"))
        .extracting(row -> row.mkString(" "))
        .contains("ingest-messages rows_out 360");
  }

  @Test
  void forgottenUsersAreInNoTableOfAnyDayAndNothingHasToBeMadeAgain() throws IOException {
    for (String stage : List.of("messages", "dialogues", "examples")) {
      FileUtils.copyDirectory(chain.path(stage).toFile(), chain.path("forget/" + stage).toFile());
    }
    FileUtils.copyDirectory(
        chain.path("tokenizer").toFile(), chain.path("forget/tokenizer").toFile());
    String id =
        new Pseudonymizer(PseudonymKey.ofFile(chain.path("key")))
            .pseudonym(Pseudonymizer.Kind.SENDER, FORGOTTEN);
    String ofUser = "sender_id = '" + id + "'";
    String day = "forget/dialogues/day=" + SECOND;
    long open = count(day + "/open", ofUser);
    assertThat(open).isPositive();
    assertThat(count(day + "/sent", ofUser)).isPositive();
    long hashes = chain.manifest(day).rows("hashes");
    assertThat(hashes).isEqualTo(chain.manifest(day).rows("data"));

    Files.writeString(temp.resolve("users"), FORGOTTEN + "\n");
    run(
        new ForgetJob(),
        "",
        "forget.users=[\"" + temp.resolve("users") + "\"]",
        "forget.directories=[\"" + chain.path("forget") + "\"]",
        "forget.output=" + chain.path("report"),
        "forget.pseudonym-key-file=" + chain.path("key"));

    for (String forgotten : List.of(FIRST, SECOND)) {
      String dialogues = "forget/dialogues/day=" + forgotten;
      assertThat(count("forget/messages/day=" + forgotten + "/data", ofUser)).isZero();
      assertThat(count(dialogues + "/data", "exists(turns, t -> t.speaker = '" + id + "')"))
          .isZero();
      assertThat(count(dialogues + "/open", ofUser)).isZero();
      assertThat(count(dialogues + "/sent", ofUser)).isZero();
      assertThat(chain.manifest("forget/examples/day=" + forgotten).counts())
          .containsKey("forgotten.examples");
    }
    assertThat(chain.manifest(day).rows("hashes")).isLessThan(hashes);
    for (String done : DAYS) {
      assertThat(chain.build(done, "forget/messages", "forget/dialogues", SETTINGS).out())
          .contains("done already, nothing to do");
      assertThat(examples(done, "forget/dialogues", "forget/examples").out())
          .contains("done already, nothing to do");
    }
    assertThat(chain.rows("report/data", "directory", "action"))
        .filteredOn(row -> row.getString(0).contains("/day="))
        .extracting(row -> row.getString(1))
        .containsOnly("rewritten", "untouched");
  }

  private static long count(String table, String condition) {
    return io.dialogbert.job.SparkTestSession.get()
        .read()
        .parquet(chain.path(table).toString())
        .filter(condition)
        .count();
  }

  @Test
  void statusSeesADayThatWasMadeAgain() throws IOException {
    Path work = chain.path("status");
    for (String stage : List.of("messages", "dialogues")) {
      FileUtils.copyDirectory(chain.path(stage).toFile(), work.resolve(stage).toFile());
    }
    // The manifests name the first directories, so each input is put where the copies are.
    for (String day : DAYS) {
      Path manifest = work.resolve("dialogues/day=" + day + "/manifest.json");
      Files.writeString(
          manifest, Files.readString(manifest).replace(temp + "/dialogues", work + "/dialogues"));
    }
    Path first = work.resolve("dialogues/day=" + FIRST + "/manifest.json");
    Files.writeString(
        first, Files.readString(first).replace("\"messages_kept\" :", "\"messages_kept_now\" :"));
    String printed = run(new StatusJob(), "", "status.work=" + work).out();
    assertThat(printed)
        .containsPattern("dialogues/day=" + SECOND + " +build-dialogues +stale")
        .containsPattern("dialogues/day=" + FIRST + " +build-dialogues +done")
        .contains("--overwrite and --day " + SECOND);
  }
}
