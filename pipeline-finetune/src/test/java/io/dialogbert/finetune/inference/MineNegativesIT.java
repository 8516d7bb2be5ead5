package io.dialogbert.finetune.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.train.TinyKinds;
import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mines negatives with a network of replies, and learns from them. */
final class MineNegativesIT {
  @TempDir static Path work;
  private static TinyKinds kinds;

  @BeforeAll
  static void makeInputs() {
    kinds = new TinyKinds(work);
    TinyKinds.done(kinds.finetune(Kind.REPLIES, "vectors", "replies"));
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static JobRun mine(String checkpoint, Kind kind, String output) {
    return JobRun.of(
        new MineNegativesJob(),
        "mine-negatives.checkpoint=" + work.resolve(checkpoint),
        "mine-negatives.task-data=" + work.resolve(kind.name()),
        "mine-negatives.output=" + work.resolve(output));
  }

  private static List<Row> data(String directory) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(directory).resolve("data").toString())
        .orderBy("split", "example_id")
        .collectAsList();
  }

  @Test
  void givesTrainingExamplesANegativeThatFinetuneLearnsFrom() throws IOException {
    TinyKinds.done(mine("replies", Kind.REPLIES, "mined"));
    List<Row> before = data("REPLIES");
    List<Row> after = data("mined");
    assertThat(after).hasSameSizeAs(before);
    long found = 0;
    for (int i = 0; i < after.size(); i++) {
      TaskExample example = TaskRows.fromRow(after.get(i));
      assertThat(example.withoutNegative())
          .usingRecursiveComparison()
          .isEqualTo(TaskRows.fromRow(before.get(i)));
      List<String> dialogues = List.of(TaskRows.dialogueIds(after.get(i)));
      assertThat(dialogues).containsAll(List.of(TaskRows.dialogueIds(before.get(i))));
      if (example.negative().length == 0) {
        assertThat(dialogues).hasSize(1);
      } else {
        found++;
        assertThat(after.get(i).<String>getAs("split")).isEqualTo("train");
        assertThat(example.negativeKey()).isNotEqualTo(example.key());
        // The reply of each key is one token.
        assertThat(example.negative()).containsExactly(30 + example.negativeKey());
        assertThat(dialogues).hasSize(2);
      }
    }
    assertThat(kinds.manifest("mined").counts())
        .containsEntry("negatives.found", found)
        .containsEntry("rows_out", (long) before.size())
        .containsEntry("pool.ko", 10L)
        .containsEntry("pool.ja", 10L);
    assertThat(found).isGreaterThan(48);

    JobRun harder =
        TinyKinds.done(
            kinds.finetune(
                Kind.REPLIES, "vectors", "harder", "finetune.task-data=" + work.resolve("mined")));
    assertThat(harder.printed())
        .contains("negatives: the other replies of the batch, and " + found + " mined ones")
        .contains("compared: each reply among those of a block of 100 examples of its language");
    assertThat(kinds.manifest("harder").figures().get("test_r100_at_1")).isGreaterThan(0.5);

    JobRun together =
        TinyKinds.done(
            kinds.finetuneCrossReplies(
                "together",
                "finetune.task-data=" + work.resolve("mined"),
                "finetune.num-negatives=1"));
    assertThat(together.printed())
        .contains(
            "negatives: up to 1 of the other replies of the batch, and " + found + " mined ones");
    assertThat(kinds.manifest("together").figures().get("test_r100_at_1")).isGreaterThan(0.5);
    JobRun none = mine("together", Kind.REPLIES, "refused");
    assertThat(none.exitCode()).as(none.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(none.err()).contains("must make sentence vectors of replies, learned made-up");
  }

  @Test
  void refusesOtherTasksAndNetworks() {
    JobRun data = mine("replies", Kind.PAIR_SCORES, "refused");
    assertThat(data.exitCode()).as(data.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(data.err()).contains("PAIR_SCORES must be of replies, has made-up (pair-scores);");
    TinyKinds.done(kinds.finetune(Kind.PAIR_SCORES, "vectors", "sts", "finetune.num-epochs=1"));
    JobRun network = mine("sts", Kind.REPLIES, "refused");
    assertThat(network.exitCode()).as(network.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(network.err())
        .contains("sts must make sentence vectors of replies, learned made-up");
  }
}
