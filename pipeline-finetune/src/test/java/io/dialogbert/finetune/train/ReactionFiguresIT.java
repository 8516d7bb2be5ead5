package io.dialogbert.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.TinyEncoder;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.finetune.inference.PredictJob;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reactions to contexts of two turns, of which the first tells the class. */
final class ReactionFiguresIT {
  private static final SerializedTokenizer TOKENIZER = TinyTokenizer.of(50, 2);
  private static final int NUM_HELD_OUT = 200;

  @TempDir static Path work;

  @BeforeAll
  static void train() {
    TinyEncoder.make(
        work.resolve("pretrained"),
        new EncoderConfig(16, 2, 2, 24, 50, 16, 2, 2, 0, 0, 0.02, 1e-12),
        TOKENIZER);
    taskData("data", List.of(1L, 999_998L));
    taskData("uncounted", List.of());
    finetune("data", "model");
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static void taskData(String name, List<Long> classCounts) {
    new StubJob<>(new BuildTaskDataJob(), job -> taskData(job, classCounts))
        .make(
            "dialogues=unread",
            "reactions=unread",
            "tokenizer=unread",
            "output=" + work.resolve(name));
  }

  private static void taskData(JobContext job, List<Long> classCounts) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String split : List.of("train", "validation", "test")) {
      for (int i = 0; i < NUM_HELD_OUT; i++) {
        int label = i % 2;
        int[] context = {7 + label, SpecialTokens.SEPT, 12 + i % 5};
        TaskExample example = TaskExample.ofText(split + "-" + i, "ko", context, label);
        rows.add(TaskRows.toRow(example, new String[] {split + i}, split));
      }
    }
    job.write(job.spark().createDataFrame(rows, TaskRows.SCHEMA).coalesce(1), "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), TOKENIZER);
    Tasks.save(
        job,
        new TaskSpec(
            "reactions",
            TaskSpec.Kind.REACTIONS,
            new Layout(16, 3, true),
            List.of(new TaskSpec.ClassName("ko", "좋아"), new TaskSpec.ClassName("ko", "싫어")),
            TaskSpec.Range.NONE,
            classCounts));
  }

  private static void finetune(String data, String output, String... more) {
    JobRun run =
        JobRun.of(
            new FinetuneJob(),
            Stream.concat(
                    Stream.of(
                        "finetune.checkpoint=" + work.resolve("pretrained"),
                        "finetune.task-data=" + work.resolve(data),
                        "finetune.output=" + work.resolve(output),
                        "finetune.num-epochs=12",
                        "finetune.training.learning-rate=3e-3",
                        "finetune.training.batch-size=16",
                        "finetune.training.num-workers=1",
                        "finetune.training.averaging-frequency=2"),
                    Stream.of(more))
                .toArray(String[]::new));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }

  private static List<Row> table(String directory, String table) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(directory).resolve(table).toString())
        .collectAsList();
  }

  @Test
  void measuresWholeContextsAndTheirLastTurns() throws IOException {
    JobRun run =
        JobRun.of(
            new EvaluateTaskJob(),
            "evaluate-task.checkpoint=" + work.resolve("model"),
            "evaluate-task.task-data=" + work.resolve("data"),
            "evaluate-task.output=" + work.resolve("scores"),
            "evaluate-task.num-resamples=20");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    Map<String, Double> figures =
        new Directories(new Configuration())
            .manifest(work.resolve("scores").toString())
            .orElseThrow()
            .figures();
    assertThat(figures.get("accuracy")).isGreaterThan(0.95);
    // The last turn is the same in both classes, half of which are right by chance.
    assertThat(figures)
        .containsEntry("single_turn_accuracy", 0.5)
        .containsEntry("single_turn_macro_accuracy", 0.5);
    assertThat(table("scores", "figures"))
        .extracting(row -> row.<String>getAs("figure"))
        .contains("accuracy", "macro_accuracy", "single_turn_accuracy", "single_turn_loss");
    assertThat(table("scores", "single_turn_predictions")).hasSize(NUM_HELD_OUT);

    List<Row> confusion = table("scores", "confusion");
    assertThat(confusion.stream().mapToLong(row -> row.<Long>getAs("examples")).sum())
        .isEqualTo(NUM_HELD_OUT);
    double right =
        confusion.stream()
            .filter(row -> row.<Integer>getAs("label").equals(row.<Integer>getAs("predicted")))
            .mapToLong(row -> row.<Long>getAs("examples"))
            .sum();
    assertThat(right / NUM_HELD_OUT).isEqualTo(figures.get("accuracy"));
    assertThat(run.printed()).doesNotContain("좋아").doesNotContain("싫어");
  }

  private static JobRun predict(String model, String output, String exponent) {
    Path texts = work.resolve(output + "-texts");
    SparkTestSession.get()
        .createDataFrame(
            List.of(RowFactory.create(1L, "오늘\n내일"), RowFactory.create(2L, "어때")),
            StructType.fromDDL("id bigint, text string"))
        .write()
        .parquet(texts.toString());
    return JobRun.of(
        new PredictJob(),
        "predict.checkpoint=" + work.resolve(model),
        "predict.input=[\"" + texts + "/*.parquet\"]",
        "predict.output=" + work.resolve(output),
        "predict.num-classes=2",
        "predict.prior-exponent=" + exponent);
  }

  @Test
  void ranksAFrequentClassBehindARareOne() {
    JobRun run = predict("model", "ranked", "1");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    for (Row row : table("ranked", "data")) {
      List<Row> classes = row.getList(1);
      // Of a million examples, two are of class 0.
      assertThat(classes).extracting(c -> c.<Integer>getAs("class_id")).containsExactly(0, 1);
      assertThat(classes.get(0).<Float>getAs("probability")).isGreaterThan(2e-6f);
      assertThat(classes.get(0).<Float>getAs("probability") + classes.get(1).<Float>getAs(3))
          .isBetween(0.999f, 1.001f);
    }
  }

  @Test
  void refusesToRankByPriorsThatAreUnknown() {
    finetune("uncounted", "uncounted-model", "finetune.num-epochs=1");
    JobRun run = predict("uncounted-model", "refused", "0.5");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("uncounted-model does not say how frequent its classes are;");
    assertThat(work.resolve("refused")).doesNotExist();
  }
}
