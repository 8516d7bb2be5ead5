package io.dialogbert.finetune.mine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.reaction.ReactionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reactions of dialogues in which some replies have support, and others almost. */
final class MineReactionsIT {
  private static final String QUERY = "오늘 같이 갈래";

  @TempDir static Path work;

  /** Adds dialogues of a query and a reply. */
  private static final class Corpus {
    private final List<Row> rows = new ArrayList<>();

    /** As many dialogues, each a conversation of its own, with as many people who reply. */
    Corpus add(String split, String reply, int dialogues, int senders) {
      for (int i = 0; i < dialogues; i++) {
        add(split, reply, "conversation-" + rows.size(), "sender-" + i % senders);
      }
      return this;
    }

    void add(String split, String reply, String conversation, String sender) {
      rows.add(
          RowFactory.create(
              "dialogue-" + rows.size(),
              conversation,
              "ko",
              split,
              Instant.EPOCH,
              new Row[] {turn("asker", QUERY), turn(sender, reply)}));
    }

    private static Row turn(String speaker, String text) {
      return RowFactory.create(speaker, text, new String[] {"m"});
    }

    void write(String name) {
      new StubJob<>(
              new BuildDialoguesJob(),
              job ->
                  job.write(
                      job.spark().createDataFrame(rows, DialogueRows.SCHEMA), "data", "split"))
          .make("messages=unread", "output=" + work.resolve(name));
    }
  }

  private static void corpus(String name, Consumer<Corpus> more) {
    Corpus corpus =
        new Corpus()
            .add("train", "좋아", 4, 3)
            .add("train", "좋아요ㅋㅋ", 3, 3)
            .add("train", "좋네", 2, 2)
            .add("train", "싫어!", 5, 4)
            .add("train", "왜?", 5, 2)
            .add("train", "글쎄", 4, 4)
            .add("train", "죽을래", 6, 6)
            .add("train", QUERY, 6, 6)
            .add("test", "좋아", 1, 1)
            .add("test", "글쎄", 9, 9)
            .add("validation", "싫어", 1, 1);
    for (int i = 0; i < 9; i++) {
      corpus.add("train", "그래", "one conversation", "sender-" + i);
    }
    more.accept(corpus);
    corpus.write(name);
  }

  @BeforeAll
  static void makeInputs() {
    corpus("dialogues", corpus -> {});
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static JobRun mine(String output, String... more) {
    return JobRun.of(
        new MineReactionsJob(),
        Stream.concat(
                Stream.of(
                    "mine-reactions.dialogues=" + work.resolve("dialogues"),
                    "mine-reactions.output=" + work.resolve(output),
                    "mine-reactions.min-class-count=5"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static void done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }

  private static String file(String output) throws IOException {
    return Files.readString(work.resolve(output).resolve(ReactionFile.NAME));
  }

  private static Manifest manifest(String output) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(output).toString())
        .orElseThrow();
  }

  private static String mapping(String name, String text) throws IOException {
    return "mine-reactions.mapping=" + Files.writeString(work.resolve(name), text);
  }

  private static List<Row> table(String output, String name) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(output).resolve(name).toString())
        .collectAsList();
  }

  private static final String HEADER = "class_id\tlang\tdisplay\tkey\tmember\tcount\tnote\n";

  @Test
  void keepsReactionsOfEnoughConversationsAndPeople() throws IOException {
    done(mine("mined"));
    // 왜 is of two people, 글쎄 in four conversations, 그래 in one. Two people wrote 좋네: it counts,
    // but is not shown.
    assertThat(file("mined"))
        .isEqualTo(
            HEADER
                + "0\tko\t좋아\t좋\t좋아\t4\t\n"
                + "0\tko\t좋아\t좋\t좋아요\t3\t\n"
                + "1\tko\t싫어\t싫\t싫어\t5\t\n");
    assertThat(table("mined", ReactionTables.REACTIONS))
        .extracting(ReactionTables::fromRow)
        .isEqualTo(ReactionFile.read(file("mined"), "mined").rows());
    assertThat(manifest("mined").counts())
        .containsEntry("replies", 55L)
        .containsEntry("rejected.harmful", 6L)
        .containsEntry("rejected.copy", 6L)
        .containsEntry("candidates", 43L)
        .containsEntry("num_classes", 2L)
        .containsEntry("num_classes.ja", 0L)
        .containsEntry("members", 3L);
    assertThat(table("mined", ReactionTables.COVERAGE))
        .extracting(Row::mkString)
        .allMatch(row -> !row.contains("좋"));
    assertThat(table("mined", ReactionTables.COVERAGE))
        .extracting(row -> row.mkString(" "))
        .containsExactly(
            "test ko 2 10 1 0.1", "train ko 2 44 14 " + 14 / 44.0, "validation ko 2 1 1 1.0");
  }

  @Test
  void doesNotDependOnTheNumberOfPartitions() throws IOException {
    done(mine("one", "spark.sql.shuffle.partitions=1"));
    done(mine("seven", "spark.sql.shuffle.partitions=7", "spark.default.parallelism=7"));
    assertThat(manifest("seven").fingerprint()).isEqualTo(manifest("one").fingerprint());
  }

  @Test
  void obeysAnEditedMapping() throws IOException {
    done(
        mine(
            "edited",
            mapping(
                "edited.tsv",
                HEADER
                    + "7\tko\t좋아\t좋\t좋아\t4\t\n"
                    + "0\tko\t좋아\t좋\t좋아요\t3\tdrop\n"
                    + "7\tko\t싫어\t싫\t싫어\t5\t\n")));
    assertThat(file("edited"))
        .isEqualTo(
            HEADER
                + "0\tko\t좋아요\t좋\t좋아요\t3\tdrop\n"
                + "7\tko\t싫어\t싫\t싫어\t5\t\n"
                + "7\tko\t싫어\t좋\t좋아\t4\t\n");
    assertThat(manifest("edited").counts())
        .containsEntry("mapping.dropped", 1L)
        .containsEntry("mapping.moved", 1L)
        .containsEntry("mapping.classes_added", 0L)
        .containsEntry("num_classes", 1L);
  }

  @Test
  void refusesAMappingOfAReplyThatTooFewPeopleWrote() throws IOException {
    for (String unknown : List.of("좋네", "비밀번호는바다")) {
      JobRun run =
          mine("unknown", mapping("u.tsv", HEADER + "0\tko\tx\tx\t" + unknown + "\t1\t\n"));
      assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
      assertThat(run.err())
          .contains("u.tsv, row 2: member must be a reply that min-senders people wrote");
      assertThat(run.printed()).doesNotContain(unknown);
      assertThat(work.resolve("unknown")).doesNotExist();
    }
  }

  @Test
  void leavesOutWhatAFileCallsHarmful() throws IOException {
    Path file = Files.writeString(work.resolve("harmful.txt"), "# of this corpus\n\n^싫어\n");
    done(
        mine(
            "harmless",
            "mine-reactions.harmful-patterns=" + file,
            mapping("h.tsv", HEADER + "3\tko\t싫어\t싫\t싫어\t5\t\n")));
    assertThat(file("harmless")).contains("좋아").doesNotContain("싫어");
    assertThat(manifest("harmless").counts()).containsEntry("mapping.harmful", 1L);
    Files.writeString(file, "싫어\n(\n");
    JobRun run = mine("bad-pattern", "mine-reactions.harmful-patterns=" + file);
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("harmful.txt, row 2: must be a regular expression");
  }

  @Test
  void saysThatNoReplyHasSupport() {
    JobRun run = mine("none", "mine-reactions.min-class-count=100");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("no short reply occurs in 100 conversations");
  }
}
