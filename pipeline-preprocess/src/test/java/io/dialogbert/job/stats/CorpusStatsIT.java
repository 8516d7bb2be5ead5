package io.dialogbert.job.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The statistics of twelve messages, counted by hand. */
class CorpusStatsIT {
  /** Conversation, sender, day of May 2024, source, text. */
  private static final String[][] MESSAGES = {
    {"c1", "s1", "1", "a", "가 나"},
    {"c1", "s2", "1", "a", "ㅋㅋ"},
    {"c1", "s1", "1", "a", "비밀"},
    {"c1", "s2", "1", "a", "ㅋㅋ"},
    {"c1", "s1", "1", "a", "비밀"},
    {"c2", "s3", "2", "b", "가 나"},
    {"c2", "s4", "2", "b", "ㅋㅋ"},
    {"c2", "s3", "2", "b", "가 다"},
    {"c2", "s4", "2", "b", "ㅋㅋ"},
    {"c2", "s3", "2", "b", "응"},
    {"c3", "s1", "1", "a", "비밀"},
    {"c3", "s2", "1", "a", "응"},
    {"c3", "s2", "1", "a", "사진"},
  };

  @TempDir private static Path temp;
  private static Path stats;

  @BeforeAll
  static void count() throws IOException {
    List<String> lines = new ArrayList<>(List.of("no message"));
    for (String[] message : MESSAGES) {
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"conversation_id\":\"%s\",\"message_id\":%d,\"sender_id\":\"%s\","
                  + "\"sent_at\":\"2024-05-0%sT00:%02d:00Z\",\"lang\":\"ko\",\"text\":\"%s\","
                  + "\"source\":\"%s\"}",
              message[0],
              lines.size(),
              message[1],
              message[2],
              lines.size(),
              message[4],
              message[3]));
    }
    Path export = Files.write(temp.resolve("export.jsonl"), lines);
    Path key = Files.writeString(temp.resolve("pseudonym.key"), "a key of these tests only\n");
    run(
        new IngestMessagesJob(),
        "messages",
        2,
        "input=[\"" + export + "\"]",
        "pseudonym-key-file=" + key,
        "max-reject-ratio=0.1");
    run(
        new BuildDialoguesJob(),
        "dialogues",
        2,
        "messages=" + temp.resolve("messages"),
        "validation-ratio=0",
        "test-ratio=0");
    run(
        new TrainTokenizerJob(),
        "tokenizer",
        2,
        "dialogues=" + temp.resolve("dialogues"),
        "method=space");
    stats = stats(7);
  }

  private static Path stats(int partitions) {
    return run(
        new CorpusStatsJob(),
        "stats-" + partitions,
        partitions,
        "messages=" + temp.resolve("messages"),
        "dialogues=" + temp.resolve("dialogues"),
        "tokenizer=" + temp.resolve("tokenizer"),
        "min-shown-count=3",
        "min-shown-senders=2",
        "max-unknown-rate=0.3");
  }

  private static Path run(Job<?> job, String output, int partitions, String... settings) {
    JobRun run = tried(job, output, partitions, settings);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return temp.resolve(output);
  }

  private static JobRun tried(Job<?> job, String output, int partitions, String... settings) {
    List<String> arguments = new ArrayList<>();
    for (String setting : settings) {
      arguments.addAll(List.of("--set", job.name() + "." + setting));
    }
    arguments.addAll(List.of("--set", job.name() + ".output=" + temp.resolve(output)));
    arguments.addAll(List.of("--set", "spark.sql.shuffle.partitions=" + partitions));
    return JobRun.of(job, arguments);
  }

  @Test
  void refusesATokenizerThatDoesNotKnowTheCorpus() {
    String[] inputs = {
      "messages=" + temp.resolve("messages"),
      "dialogues=" + temp.resolve("dialogues"),
      "tokenizer=" + temp.resolve("tokenizer")
    };
    String message =
        "0.2667 of all tokens are [UNK], more than max-unknown-rate = 0.05; is "
            + temp.resolve("tokenizer")
            + " the tokenizer of this corpus?";
    JobRun counted = tried(new CorpusStatsJob(), "refused", 2, inputs);
    assertThat(counted.exitCode()).as(counted.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(counted.err()).contains(message);
    assertThat(temp.resolve("refused")).doesNotExist();

    JobRun built = tried(new BuildExamplesJob(), "refused", 2, inputs[1], inputs[2]);
    assertThat(built.exitCode()).as(built.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(built.err()).contains("max-unknown-rate = 0.05; is " + temp.resolve("tokenizer"));
  }

  @Test
  void splitsWithoutARowAreCounted() {
    assertThat(SampleChain.manifest(temp.resolve("dialogues")).counts())
        .containsEntry("dialogues.train", 3L)
        .containsEntry("dialogues.validation", 0L)
        .containsEntry("dialogues.test", 0L)
        .containsEntry("turns.test", 0L)
        .containsEntry("messages.test", 0L);
    Path examples =
        run(
            new BuildExamplesJob(),
            "examples",
            2,
            "dialogues=" + temp.resolve("dialogues"),
            "tokenizer=" + temp.resolve("tokenizer"),
            "max-unknown-rate=1");
    Manifest manifest = SampleChain.manifest(examples);
    assertThat(manifest.counts())
        .containsEntry("examples.train", manifest.counts().get("rows_out"))
        .containsEntry("examples.validation", 0L)
        .containsEntry("examples.test", 0L);
  }

  @Test
  void daysAreCountedByLanguageAndSource() {
    assertTable("messages_per_day", "ko,a,2024-05-01,7,14", "ko,b,2024-05-02,5,11");
    assertTable("dialogues_per_day", "ko,a,2024-05-01,2,7", "ko,b,2024-05-02,1,5");
  }

  @Test
  void lengthsAreCountedInCharactersTokensAndTurns() {
    assertTable("message_lengths", "ko,0,12");
    assertTable("message_tokens", "ko,1,9", "ko,2,3");
    assertTable("turn_tokens", "ko,1,9", "ko,2,3");
    assertTable("turns_per_dialogue", "ko,2,1", "ko,5,2");
    assertTable("splits", "ko,test,0,0", "ko,train,3,12", "ko,validation,0,0");
  }

  @Test
  void textOfOnePersonIsNotShownHoweverOftenItWasSentNorThatOfManyPeopleTooSeldom() {
    // 비밀 was sent three times by one person, 응 by two people twice.
    assertTable("frequent_texts", "ko,1,ㅋㅋ,4,2," + 4 / 12.0);
    assertTable("frequent_replies", "ko,1,ㅋㅋ,4,2," + 4 / 9.0);
  }

  /** One person may have several names in a room, and one name may be used in many rooms. */
  @Test
  void aTextCountsConversationsOfSendersOfTheirOwn() {
    List<Row> written = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      written.add(RowFactory.create("ko", "many names in a room", "s" + i, "c1"));
      written.add(RowFactory.create("ko", "one name in many rooms", "s1", "c" + i));
      written.add(RowFactory.create("ko", "many names in many rooms", "s" + i, "c" + i));
    }
    TextFrequencies texts =
        new TextFrequencies(
            SparkTestSession.get()
                .createDataFrame(
                    written,
                    StructType.fromDDL(
                        "lang string, text string, sender string, conversation string")));
    assertThat(texts.texts().orderBy("text").collectAsList())
        .extracting(row -> row.mkString(","))
        .containsExactly(
            "ko,many names in a room,5,5,1",
            "ko,many names in many rooms,5,5,5",
            "ko,one name in many rooms,5,1,1");
    texts.unpersist();
  }

  @Test
  void mostFrequentTextsAreAtLeastOne() {
    assertTable(
        "text_coverage",
        "ko,1.0E-4,1," + 4 / 12.0,
        "ko,0.001,1," + 4 / 12.0,
        "ko,0.01,1," + 4 / 12.0,
        "ko,0.1,1," + 4 / 12.0);
    assertTable(
        "reply_coverage",
        "ko,1.0E-4,1," + 4 / 9.0,
        "ko,0.001,1," + 4 / 9.0,
        "ko,0.01,1," + 4 / 9.0,
        "ko,0.1,1," + 4 / 9.0);
  }

  @Test
  void vocabularyCoversAllButTheUnknown() {
    // 비밀 comes from one person only and 다 occurs once, so neither is in the vocabulary.
    assertTable("unknown_tokens", "all,15,4," + 4 / 15.0, "ko,15,4," + 4 / 15.0);
    assertTable("piece_coverage", "all,4," + 11 / 15.0, "ko,4," + 11 / 15.0);
    assertTable("word_coverage", "ko,6,1.0");
    assertThat(rows("token_frequencies"))
        .extracting(row -> row.replaceFirst(",\\d+,", ","))
        .containsExactly("1,[UNK],4," + 4 / 15.0, "2,▁ㅋㅋ,4," + 8 / 15.0, "3,▁가,3," + 11 / 15.0);
  }

  @Test
  void lossesAreThoseOfTheManifests() {
    assertTable("dropped", "ingest-messages,media,1");
    assertTable("rejected", "ingest-messages,not-json,1");
    assertTable("personal_data");
    assertThat(rows("outcomes"))
        .contains("ingest-messages,rows_in,14", "build-dialogues,rows_out,3");
  }

  @Test
  void filesDoNotDependOnTheNumberOfPartitions() {
    Manifest manifest = SampleChain.manifest(stats);
    for (int partitions : new int[] {1, 64}) {
      assertThat(SampleChain.manifest(stats(partitions)).fingerprint())
          .as(partitions + " partitions")
          .isEqualTo(manifest.fingerprint());
    }
  }

  private static void assertTable(String table, String... rows) {
    assertThat(rows(table)).as(table).containsExactly(rows);
  }

  /** Rows in the order of the file, values separated by commas. */
  private static List<String> rows(String table) {
    return SparkTestSession.get()
        .read()
        .parquet(stats.resolve(table).toString())
        .collectAsList()
        .stream()
        .map(row -> row.mkString(","))
        .toList();
  }
}
