package io.dialogbert.job.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.dialogue.PlantedDuplicates;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.ingest.IngestMessagesJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Build-dialogues drops what is expected from a known corpus, whatever the partitions. */
class BuildDialoguesIT {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final Instant START = Instant.parse("2024-05-01T09:00:01Z");
  private static final String SPAM = "오늘만 특가! 지금 바로 가입하시면 선물을 드립니다";
  private static final int SPAMMED = 25;
  private static final int PLAIN = 60;
  private static final int NEAR = 10;

  @TempDir private static Path temp;
  private static final List<String> LINES = new ArrayList<>();

  @BeforeAll
  static void ingest() throws IOException {
    PlantedDuplicates made = new PlantedDuplicates(SEED, 5);
    for (int c = 0; c < PLAIN; c++) {
      String text = made.dialogue(8);
      say("c" + c, text, c < SPAMMED);
      if (c < NEAR) {
        say("near" + c, made.copy(text, 0.92), false);
        say("different" + c, made.copy(text, 0.7), false);
        say("copy" + c, text, false);
      }
    }
    shuffle(LINES);
    Path input = Files.createDirectory(temp.resolve("raw"));
    Files.write(input.resolve("a.jsonl"), LINES.subList(0, LINES.size() / 2));
    Files.write(input.resolve("b.jsonl"), LINES.subList(LINES.size() / 2, LINES.size()));
    Files.writeString(temp.resolve("key"), "a key of this test only\n");
    JobRun run =
        JobRun.of(
            new IngestMessagesJob(),
            set(
                "ingest-messages.input=[\"" + input + "\"]",
                "ingest-messages.output=" + temp.resolve("messages"),
                "ingest-messages.pseudonym-key-file=" + temp.resolve("key")));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  /**
   * Writes one message per line, from two alternating senders, after spam by a sender who is
   * everywhere.
   */
  private static void say(String conversation, String text, boolean spam) throws IOException {
    int number = 0;
    if (spam) {
      line(conversation, number++, "spammer", SPAM);
    }
    // Anybody may send a short text to anybody.
    line(conversation, number++, "everywhere", "안녕하세요");
    for (String turn : text.lines().toList()) {
      line(conversation, number, (number % 2 == 0 ? "x" : "y") + conversation, turn);
      number++;
    }
  }

  private static void line(String conversation, int number, String sender, String text)
      throws IOException {
    LINES.add(
        new ObjectMapper()
            .writeValueAsString(
                Map.of(
                    "conversation_id",
                    conversation,
                    "message_id",
                    conversation + "-" + number,
                    "sender_id",
                    sender,
                    "sent_at",
                    START.plusSeconds(number * 7L).toString(),
                    "lang",
                    "ko",
                    "text",
                    text,
                    "source",
                    "test")));
  }

  private static void shuffle(List<String> lines) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = lines.size() - 1; i > 0; i--) {
      lines.set(i, lines.set(random.nextInt(i + 1), lines.get(i)));
    }
  }

  @Test
  void dropsSpamAndCopiesAndTheSameBytesRemainForAnyPartitions() {
    List<Manifest> manifests =
        Stream.of(1, 7, 64)
            .map(n -> build("partitions-" + n, "spark.sql.shuffle.partitions=" + n))
            .toList();

    Manifest manifest = manifests.get(0);
    assertThat(manifest.counts())
        .containsEntry("rows_in", (long) LINES.size())
        .containsEntry("dropped.broadcast", (long) SPAMMED)
        .containsEntry("messages_kept", (long) LINES.size() - SPAMMED)
        .containsEntry("duplicate_dialogues", (long) NEAR)
        .containsEntry("near_duplicate_dialogues", (long) NEAR)
        .containsEntry("rows_out", (long) PLAIN + NEAR);
    assertThat(table("partitions-1").filter("exists(turns, t -> contains(t.text, '특가'))").count())
        .isZero();
    assertThat(
            manifest.counts().entrySet().stream()
                .filter(count -> count.getKey().startsWith("dialogues."))
                .mapToLong(Map.Entry::getValue)
                .sum())
        .isEqualTo(manifest.counts().get("rows_out"));
    assertThat(table("partitions-1").select("dialogue_id").distinct().count())
        .isEqualTo(manifest.counts().get("rows_out"));
    for (Manifest other : manifests) {
      assertThat(other.fingerprint()).isEqualTo(manifest.fingerprint());
    }
  }

  @Test
  void aThresholdOfOneKeepsNearDuplicatesAndAHigherLimitKeepsSpam() {
    Manifest manifest =
        build(
            "all",
            "build-dialogues.near-duplicate-threshold=1",
            "build-dialogues.dialogues-per-file=10",
            "build-dialogues.max-conversations-per-text=" + SPAMMED);
    // With spam before it, a dialogue differs from its copy, so there are no exact copies.
    assertThat(manifest.counts())
        .containsEntry("messages_kept", (long) LINES.size())
        .containsEntry("duplicate_dialogues", 0L)
        .containsEntry("near_duplicate_dialogues", 0L)
        .containsEntry("rows_out", (long) PLAIN + 3 * NEAR)
        .doesNotContainKey("dropped.broadcast");
    assertThat(manifest.files().stream().filter(file -> file.path().contains("split=train")))
        .as("files of about ten dialogues")
        .hasSize(1 + (PLAIN + 3 * NEAR) / 10);
  }

  private static Manifest build(String name, String... settings) {
    Path output = temp.resolve(name);
    List<String> arguments =
        set(
            "build-dialogues.messages=" + temp.resolve("messages"),
            "build-dialogues.output=" + output,
            // Generating code takes longer than interpreting a plan for so few rows.
            "spark.sql.codegen.wholeStage=false",
            "spark.sql.codegen.factoryMode=NO_CODEGEN");
    arguments.addAll(set(settings));
    JobRun run = JobRun.of(new BuildDialoguesJob(), arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return SampleChain.manifest(output);
  }

  private static Dataset<Row> table(String name) {
    return SparkTestSession.get().read().parquet(temp.resolve(name).resolve("data").toString());
  }

  private static List<String> set(String... settings) {
    List<String> arguments = new ArrayList<>();
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    return arguments;
  }
}
