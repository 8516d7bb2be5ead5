package io.dialogbert.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;

import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.TaskSpec.Kind;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Every kind of task, learned and measured, on texts of two topics. */
final class FinetuneKindsIT {
  private static final SerializedTokenizer TOKENIZER = TinyTokenizer.of(50, 2);
  private static final int NUM_TRAIN = 96;
  private static final int NUM_HELD_OUT = 200;

  @TempDir static Path work;

  @BeforeAll
  static void makeInputs() {
    new StubJob<>(new PretrainJob(), FinetuneKindsIT::pretrain)
        .make("examples=unread", "tokenizer=unread", "output=" + work.resolve("pretrained"));
    for (Kind kind : Kind.values()) {
      new StubJob<>(new BuildTaskDataJob(), job -> taskData(job, kind))
          .make("dialogues=unread", "tokenizer=unread", "output=" + work.resolve(kind.name()));
    }
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static void pretrain(JobContext job) throws IOException {
    EncoderConfig encoder = new EncoderConfig(16, 2, 2, 24, 50, 16, 2, 2, 0, 0, 0.02, 1e-12);
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    new Checkpoint(
            Graphs.create(PretrainingTask.model(encoder), settings, job.seed()), TOKENIZER, 0)
        .save(job.directories(), job.output());
  }

  private static void taskData(JobContext job, Kind kind) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String split : List.of("train", "validation", "test")) {
      int count = split.equals("train") ? NUM_TRAIN : NUM_HELD_OUT;
      for (int i = 0; i < count; i++) {
        rows.add(TaskRows.toRow(example(split, i, kind), new String[] {split + i}, split));
      }
    }
    job.write(
        job.spark().createDataFrame(rows, TaskRows.SCHEMA).coalesce(1).sortWithinPartitions("example_id"),
        "data",
        "split");
    Tokenizers.saveSettings(job.directories(), job.output(), TOKENIZER);
    Tasks.save(
        job,
        new TaskSpec(
            "made-up",
            kind,
            new Layout(16, 3, true),
            kind.hasClasses()
                ? List.of(new TaskSpec.ClassName("", "no"), new TaskSpec.ClassName("", "yes"))
                : List.of(),
            kind == Kind.PAIR_SCORES ? new TaskSpec.Range(0, 5) : TaskSpec.Range.NONE));
  }

  /** A text or the second of a pair is of topic 0 or 1; each of 20 contexts has its own reply. */
  private static TaskExample example(String split, int i, Kind kind) {
    int topic = i % 2;
    int[] first = {10 + i % 20};
    int[] second = {30 + i % 20};
    if (kind != Kind.REPLIES) {
      first = new int[] {7 + (kind.isPair() ? 0 : topic), 12 + i % 5};
      second = new int[] {9 + topic, 12 + i % 3};
    }
    return new TaskExample(
        split + "-" + i,
        i / 2 % 2 == 0 ? "ko" : "ja",
        first,
        kind.isPair() ? second : new int[0],
        kind.hasClasses() ? topic : -1,
        5 * topic,
        i % 20,
        new float[0]);
  }

  private static JobRun finetune(Kind kind, String method, String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "finetune.checkpoint=" + work.resolve("pretrained"),
                "finetune.task-data=" + work.resolve(kind.name()),
                "finetune.output=" + work.resolve(output),
                "finetune.method=" + method,
                "finetune.num-epochs=20",
                "finetune.training.learning-rate=3e-3",
                "finetune.training.batch-size=16",
                "finetune.training.num-workers=1",
                "finetune.training.averaging-frequency=2"));
    arguments.addAll(List.of(more));
    return JobRun.of(new FinetuneJob(), arguments.toArray(String[]::new));
  }

  private static JobRun evaluate(String checkpoint, Kind kind, String output) {
    return JobRun.of(
        new EvaluateTaskJob(),
        "evaluate-task.checkpoint=" + work.resolve(checkpoint),
        "evaluate-task.task-data=" + work.resolve(kind.name()),
        "evaluate-task.output=" + work.resolve(output),
        "evaluate-task.num-resamples=100");
  }

  private static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  private static Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "REACTIONS, cross, accuracy, 0.95",
    "TEXT_CLASSES, cross, accuracy, 0.95",
    "PAIR_CLASSES, cross, accuracy, 0.95",
    "PAIR_SCORES, cross, spearman, 0.8",
    "PAIR_SCORES, vectors, spearman, 0.8",
    "REPLIES, vectors, r100_at_1, 0.5",
  })
  void learnsAndMeasuresTheSameTwice(Kind kind, String method, String figure, double least)
      throws IOException {
    String model = kind + "-" + method;
    done(finetune(kind, method, model));
    Map<String, Double> learned = manifest(model).figures();
    assertThat(learned.get("test_" + figure)).as("%s", learned).isGreaterThan(least);
    assertThat(learned.get("test_" + figure)).isGreaterThan(learned.get("test_" + figure + "_before"));

    done(evaluate(model, kind, model + "-scores"));
    Map<String, Double> measured = manifest(model + "-scores").figures();
    assertThat(measured.get(figure)).isEqualTo(learned.get("test_" + figure));
    assertThat(manifest(model + "-scores").rows("predictions")).isEqualTo((long) NUM_HELD_OUT);
    SparkTestSession.get()
        .read()
        .parquet(work.resolve(model + "-scores").resolve("figures").toString())
        .collectAsList()
        .forEach(
            row ->
                assertThat(row.<Double>getAs("value"))
                    .as("%s", row)
                    .isBetween(row.<Double>getAs("low"), row.<Double>getAs("high")));
  }

  @Test
  void returnsTheBestStepAndStopsWhenItsPatienceIsOver() throws IOException {
    done(
        finetune(
            Kind.TEXT_CLASSES,
            "cross",
            "patient",
            "finetune.num-epochs=400",
            "finetune.training.patience-steps=60"));
    Manifest manifest = manifest("patient");
    List<String> evaluations;
    try (Stream<String> lines = Files.lines(work.resolve("patient").resolve("metrics.jsonl"))) {
      evaluations = lines.filter(line -> line.contains("\"event\":\"evaluation\"")).toList();
    }
    long saved = manifest.counts().get("saved_step");
    long steps = manifest.counts().get("steps");
    assertThat(steps).isBetween(saved + 60, saved + 64).isLessThan(2400);
    double best =
        evaluations.stream()
            .filter(line -> !line.contains("\"step\":0,"))
            .mapToDouble(line -> Double.parseDouble(line.replaceAll(".*\"accuracy\":([^,}]+).*", "$1")))
            .max()
            .orElseThrow();
    assertThat(manifest.figures().get("validation_accuracy")).isEqualTo(best);
    assertThat(evaluations.stream().filter(line -> line.contains("\"step\":" + saved + ",")))
        .first()
        .matches(line -> line.contains("\"accuracy\":" + best));
  }

  @Test
  void trainsSeveralSeedsAndKeepsTheBestOnValidation() throws IOException {
    done(
        finetune(
            Kind.PAIR_SCORES, "cross", "seeds", "finetune.num-seeds=3", "finetune.num-epochs=2"));
    List<Row> rows =
        SparkTestSession.get()
            .read()
            .parquet(work.resolve("seeds").resolve("seeds").toString())
            .filter("figure = 'spearman'")
            .orderBy("split", "seed")
            .collectAsList();
    assertThat(rows).hasSize(6);
    double best =
        rows.stream()
            .filter(row -> row.<String>getAs("split").equals("validation"))
            .mapToDouble(row -> row.<Double>getAs("value"))
            .max()
            .orElseThrow();
    Manifest manifest = manifest("seeds");
    assertThat(manifest.figures().get("validation_spearman")).isEqualTo(best);
    double[] test =
        rows.stream()
            .filter(row -> row.<String>getAs("split").equals("test"))
            .mapToDouble(row -> row.<Double>getAs("value"))
            .toArray();
    double mean = IntStream.range(0, 3).mapToDouble(i -> test[i]).average().orElseThrow();
    assertThat(test).doesNotHaveDuplicates();
    assertThat(manifest.figures().get("test_spearman_mean")).isCloseTo(mean, within(1e-12));
    ComputationGraph graph =
        Checkpoint.load(new Directories(new Configuration()), work.resolve("seeds").toString())
            .graph();
    assertThat(graph.numParams()).isPositive();
  }

  @Test
  void refusesDataOfAnotherTaskNamingBoth() {
    done(finetune(Kind.REACTIONS, "cross", "reactions", "finetune.num-epochs=1"));
    JobRun run = evaluate("reactions", Kind.TEXT_CLASSES, "refused");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains(work.resolve("reactions") + " learned made-up (reactions, 2 made-up (")
        .contains(work.resolve("TEXT_CLASSES") + " has made-up (text-classes, 2 made-up (");
    assertThat(work.resolve("refused")).doesNotExist();
  }

  @Test
  void refusesAMethodThatTheTaskDoesNotHave() {
    JobRun run = finetune(Kind.REPLIES, "cross", "refused");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("finetune.method must be vectors for task data of kind replies");
  }
}
