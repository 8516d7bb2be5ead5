package io.dialogbert.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.finetune.inference.EmbedJob;
import io.dialogbert.finetune.inference.PredictJob;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.TinyTokenizer;
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
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.run.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
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
      new StubJob<>(new BuildTaskDataJob(), job -> taskData(job, kind, 16))
          .make(
              "dialogues=unread",
              "reactions=unread",
              "tokenizer=unread",
              "output=" + work.resolve(kind.name()));
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

  private static void taskData(JobContext job, Kind kind, int maxLength) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String split : List.of("train", "validation", "test")) {
      int count = split.equals("train") ? NUM_TRAIN : NUM_HELD_OUT;
      for (int i = 0; i < count; i++) {
        rows.add(TaskRows.toRow(example(split, i, kind), new String[] {split + i}, split));
      }
    }
    job.write(
        job.spark()
            .createDataFrame(rows, TaskRows.SCHEMA)
            .coalesce(1)
            .sortWithinPartitions("example_id"),
        "data",
        "split");
    Tokenizers.saveSettings(job.directories(), job.output(), TOKENIZER);
    Tasks.save(
        job,
        new TaskSpec(
            "made-up",
            kind,
            new Layout(maxLength, 3, true),
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
    assertThat(learned.get("test_" + figure))
        .isGreaterThan(learned.get("test_" + figure + "_before"));

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
    List<Evaluation> evaluations;
    try (Stream<String> lines = Files.lines(work.resolve("patient").resolve("metrics.jsonl"))) {
      evaluations =
          lines
              .filter(line -> line.contains("\"event\":\"evaluation\""))
              .map(
                  line ->
                      new Evaluation(
                          (long) number(line, "step"),
                          Map.of(
                              "accuracy", number(line, "accuracy"), "loss", number(line, "loss"))))
              .filter(evaluation -> evaluation.step() > 0)
              .toList();
    }
    double best =
        evaluations.stream()
            .mapToDouble(evaluation -> evaluation.values().get("accuracy"))
            .max()
            .orElseThrow();
    List<Evaluation> equal =
        evaluations.stream().filter(e -> e.values().get("accuracy") == best).toList();
    Evaluation surest =
        equal.stream().min(Comparator.comparingDouble(e -> e.values().get("loss"))).orElseThrow();
    assertThat(equal).as("states of equal accuracy").hasSizeGreaterThan(1);
    Manifest manifest = manifest("patient");
    assertThat(manifest.counts().get("saved_step")).isEqualTo(surest.step());
    assertThat(manifest.figures().get("validation_accuracy")).isEqualTo(best);
    assertThat(manifest.counts().get("steps"))
        .isBetween(equal.get(0).step() + 60, equal.get(0).step() + 64)
        .isLessThan(2400);
  }

  private static double number(String line, String name) {
    return Double.parseDouble(line.replaceAll(".*\"" + name + "\":([^,}]+).*", "$1"));
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
  void refusesTextsThatAreLongerThanTheEncoder() {
    new StubJob<>(new BuildTaskDataJob(), job -> taskData(job, Kind.TEXT_CLASSES, 17))
        .make(
            "dialogues=unread",
            "reactions=unread",
            "tokenizer=unread",
            "output=" + work.resolve("long"));
    JobRun run =
        JobRun.of(
            new FinetuneJob(),
            "finetune.checkpoint=" + work.resolve("pretrained"),
            "finetune.task-data=" + work.resolve("long"),
            "finetune.output=" + work.resolve("refused"));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("long has sequences of up to 17 tokens, ")
        .contains("pretrained has only 16 positions;");
  }

  @Test
  void refusesAMethodThatTheTaskDoesNotHave() {
    JobRun run = finetune(Kind.REPLIES, "cross", "refused");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("finetune.method must be vectors for task data of kind replies");
  }

  /** A file of texts; every seventh has none. */
  private static Path texts(String name, int count) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          RowFactory.create((long) i, i % 7 == 6 ? null : "오늘 ".repeat(1 + i % 3) + i, "내일 어때"));
    }
    StructType schema =
        StructType.fromDDL("number bigint not null, line string, other string not null");
    SparkTestSession.get()
        .createDataFrame(rows, schema)
        .repartition(3)
        .write()
        .parquet(work.resolve(name).toString());
    return work.resolve(name);
  }

  private static JobRun infer(
      Job<?> job, String checkpoint, Path input, String output, String... more) {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "checkpoint=" + work.resolve(checkpoint),
            "input=[\"" + input + "/*.parquet\"]",
            "output=" + work.resolve(output),
            "columns.id=number",
            "columns.first=line")) {
      arguments.add(job.name() + "." + setting);
    }
    arguments.addAll(List.of(more));
    return JobRun.of(job, arguments.toArray(String[]::new));
  }

  private static List<Row> results(String output) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(output).resolve("data").toString())
        .orderBy("number")
        .collectAsList();
  }

  @Test
  void predictsTheClassesOfTextsAndSaysWhichHaveNone() throws IOException {
    done(finetune(Kind.TEXT_CLASSES, "cross", "classifier", "finetune.num-epochs=2"));
    Path input = texts("texts", 150);
    done(infer(new PredictJob(), "classifier", input, "predicted", "predict.num-classes=2"));
    List<Row> rows = results("predicted");
    assertThat(rows).hasSize(150);
    for (int i = 0; i < 150; i++) {
      assertThat(rows.get(i).<Long>getAs("number")).isEqualTo(i);
      List<Row> classes = rows.get(i).isNullAt(1) ? null : rows.get(i).getList(1);
      if (i % 7 == 6) {
        assertThat(classes).isNull();
      } else {
        assertThat(classes).extracting(c -> c.<String>getAs("name")).containsOnlyOnce("no", "yes");
        float first = classes.get(0).getAs("probability");
        float second = classes.get(1).getAs("probability");
        assertThat(first).isGreaterThanOrEqualTo(second);
        assertThat(first + second).isCloseTo(1, within(1e-6f));
      }
    }
    assertThat(manifest("predicted").counts())
        .containsEntry("rows_out", 150L)
        .containsEntry("rows_without_text", 21L);

    // Batches do not matter: alone, a text has the same classes.
    Path alone = work.resolve("alone");
    SparkTestSession.get()
        .read()
        .parquet(input.toString())
        .filter("number = 40")
        .coalesce(1)
        .write()
        .parquet(alone.toString());
    done(infer(new PredictJob(), "classifier", alone, "predicted-alone"));
    Row classAlone = results("predicted-alone").get(0).<Row>getList(1).get(0);
    Row classAmongOthers = rows.get(40).<Row>getList(1).get(0);
    assertThat(classAlone.<String>getAs("name")).isEqualTo(classAmongOthers.getAs("name"));
    assertThat(classAlone.<Float>getAs("probability"))
        .isCloseTo(classAmongOthers.<Float>getAs("probability"), within(1e-5f));
  }

  @Test
  void predictsTheScoreOfPairsAndEmbedsTexts() throws IOException {
    done(finetune(Kind.PAIR_SCORES, "cross", "scorer", "finetune.num-epochs=4"));
    Path input = texts("pairs", 20);
    done(infer(new PredictJob(), "scorer", input, "scores", "predict.columns.second=other"));
    assertThat(results("scores").stream().filter(row -> !row.isNullAt(1)))
        .hasSize(18)
        .allMatch(row -> row.getFloat(1) > -5 && row.getFloat(1) < 10);

    JobRun single = infer(new PredictJob(), "scorer", input, "refused");
    assertThat(single.exitCode()).as(single.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(single.err()).contains("reads pairs; columns.second must name the second text");

    JobRun embed = infer(new EmbedJob(), "scorer", input, "refused");
    assertThat(embed.exitCode()).as(embed.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(embed.err()).contains("has a score and makes no sentence vectors");

    done(finetune(Kind.PAIR_SCORES, "vectors", "encoder", "finetune.num-epochs=1"));
    done(infer(new EmbedJob(), "encoder", input, "vectors"));
    for (Row row : results("vectors")) {
      if (!row.isNullAt(1)) {
        List<Float> vector = row.getList(1);
        assertThat(vector).hasSize(16);
        assertThat(vector.stream().mapToDouble(v -> (double) v * v).sum())
            .isCloseTo(1, within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"PAIR_SCORES, spearman", "REPLIES, r100_at_1"})
  void writesPrefixesOfVectorsThatLearned(Kind kind, String figure) throws IOException {
    String model = "nested-" + kind;
    done(
        finetune(
            kind, "vectors", model, "finetune.vector-widths=[4, 8]", "finetune.num-epochs=10"));
    done(evaluate(model, kind, model + "-scores"));
    Map<String, Double> figures = manifest(model + "-scores").figures();
    assertThat(figures).containsKeys(figure, figure + "_width_4", figure + "_width_8");
    Path input = texts(model + "-texts", 10);
    done(infer(new EmbedJob(), model, input, model + "-all"));
    done(infer(new EmbedJob(), model, input, model + "-short", "embed.width=4"));
    List<Row> all = results(model + "-all");
    List<Row> shorter = results(model + "-short");
    for (int i = 0; i < 10; i++) {
      if (!all.get(i).isNullAt(1)) {
        List<Float> whole = all.get(i).getList(1);
        List<Float> prefix = shorter.get(i).getList(1);
        double norm = Math.sqrt(whole.stream().limit(4).mapToDouble(v -> (double) v * v).sum());
        assertThat(prefix).hasSize(4);
        for (int c = 0; c < 4; c++) {
          assertThat(prefix.get(c)).isCloseTo((float) (whole.get(c) / norm), within(1e-5f));
        }
      }
    }
    JobRun other = infer(new EmbedJob(), model, input, "refused", "embed.width=5");
    assertThat(other.exitCode()).as(other.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(other.err()).contains("width = 5 must be one that ").contains("learned, [4, 8], or");
  }

  @Test
  void learnsWithBalancedClassesAndSlowerLowerLayers() throws IOException {
    done(
        finetune(
            Kind.TEXT_CLASSES,
            "cross",
            "balanced",
            "finetune.class-weights=balanced",
            "finetune.layer-decay=0.9"));
    assertThat(manifest("balanced").figures().get("test_accuracy")).isGreaterThan(0.95);
    assertThat(
            Checkpoint.loadNetworkJson(
                new Directories(new Configuration()), work.resolve("balanced").toString()))
        .contains("\"classWeights\" : [ 1.0, 1.0 ]")
        .contains("\"layerDecay\" : 0.9");
  }

  @Test
  void namesRowsOfUnknownLanguagesAndGivesThemNoResult() throws IOException {
    done(finetune(Kind.TEXT_CLASSES, "cross", "languages", "finetune.num-epochs=1"));
    String[] languages = {"ko", "ja", "en", null, "KO"};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(RowFactory.create((long) i, i < 5 ? "오늘 " + i : null, languages[i % 5]));
    }
    Path input = work.resolve("of-languages");
    SparkTestSession.get()
        .createDataFrame(
            rows, StructType.fromDDL("number bigint not null, line string, language string"))
        .write()
        .parquet(input.toString());
    JobRun run =
        done(
            infer(
                new PredictJob(),
                "languages",
                input,
                "of-languages-predicted",
                "predict.columns.lang=language"));
    assertThat(run.printed()).contains("6 rows have no result: language must be one of [ko, ja]");
    assertThat(manifest("of-languages-predicted").counts())
        .containsEntry("rows_out", 10L)
        .containsEntry("rejected.unknown-language", 6L)
        .containsEntry("rows_without_text", 2L);
    assertThat(results("of-languages-predicted"))
        .filteredOn(row -> !row.isNullAt(1))
        .extracting(row -> row.<Long>getAs("number"))
        .containsExactly(0L, 1L);
  }

  @Test
  void refusesInputWithoutTheColumns() throws IOException {
    done(finetune(Kind.TEXT_CLASSES, "cross", "any", "finetune.num-epochs=1"));
    Path input = texts("others", 5);
    JobRun missing =
        infer(new PredictJob(), "any", input, "refused", "predict.columns.first=nowhere");
    assertThat(missing.exitCode()).as(missing.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(missing.err()).contains("the input must have the columns [nowhere]");
    JobRun number =
        infer(new PredictJob(), "any", input, "refused", "predict.columns.first=number");
    assertThat(number.exitCode()).as(number.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(number.err()).contains("column number must be text, is BIGINT");
  }
}
