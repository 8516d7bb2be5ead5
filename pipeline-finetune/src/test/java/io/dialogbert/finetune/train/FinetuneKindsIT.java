package io.dialogbert.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.task.TaskSpec.Kind;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.run.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of task, learned and measured, on texts of two topics. */
final class FinetuneKindsIT {
  @TempDir static Path work;
  private static TinyKinds kinds;

  @BeforeAll
  static void makeInputs() {
    kinds = new TinyKinds(work);
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "REACTIONS, cross, accuracy, 0.95",
    "TEXT_CLASSES, cross, accuracy, 0.95",
    "PAIR_CLASSES, cross, accuracy, 0.95",
    "PAIR_SCORES, cross, spearman, 0.8",
    "PAIR_SCORES, vectors, spearman, 0.8",
    "PARAPHRASES, vectors, r100_at_1, 0.5",
    "REPLIES, vectors, r100_at_1, 0.5",
    "TAGS, cross, entity_f1, 0.95",
  })
  void learnsAndMeasuresTheSameTwice(Kind kind, String method, String figure, double least)
      throws IOException {
    String model = kind + "-" + method;
    TinyKinds.done(kinds.finetune(kind, method, model));
    Map<String, Double> learned = kinds.manifest(model).figures();
    assertThat(learned.get("test_" + figure)).as("%s", learned).isGreaterThan(least);
    assertThat(learned.get("test_" + figure))
        .isGreaterThan(learned.get("test_" + figure + "_before"));

    TinyKinds.done(kinds.evaluate(model, kind, model + "-scores"));
    Map<String, Double> measured = kinds.manifest(model + "-scores").figures();
    assertThat(measured.get(figure)).isEqualTo(learned.get("test_" + figure));
    assertThat(kinds.manifest(model + "-scores").rows("predictions"))
        .isEqualTo((long) TinyKinds.NUM_HELD_OUT);
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

  @ParameterizedTest
  @CsvSource({
    "TEXT_CLASSES, cross, accuracy, 0.95",
    "PAIR_CLASSES, cross, accuracy, 0.95",
    "PAIR_SCORES, vectors, spearman, 0.8",
    "REPLIES, vectors, r100_at_1, 0.5",
  })
  void trainsAnRnnToCompareWith(Kind kind, String method, String figure, double least)
      throws IOException {
    String model = "rnn-" + kind;
    TinyKinds.done(
        kinds.finetune(
            kind,
            method,
            model,
            "finetune.checkpoint=",
            "finetune.rnn.hidden-size=12",
            "finetune.rnn.embedding-size=12",
            "finetune.rnn.dropout=0",
            "finetune.rnn.tokenizer=" + work.resolve("pretrained"),
            "finetune.training.learning-rate=2e-2"));
    Map<String, Double> learned = kinds.manifest(model).figures();
    assertThat(learned.get("test_" + figure)).as("%s", learned).isGreaterThan(least);
    assertThat(learned.get("test_" + figure))
        .isGreaterThan(learned.get("test_" + figure + "_before"));

    JobRun asEncoder = kinds.evaluate(model, kind, "refused");
    assertThat(asEncoder.exitCode()).as(asEncoder.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(asEncoder.err()).contains("expected an encoder with heads");
  }

  @Test
  void refusesSettingsThatAnRnnWouldIgnore() {
    JobRun run =
        kinds.finetune(
            Kind.TEXT_CLASSES,
            "cross",
            "refused",
            "finetune.rnn.hidden-size=12",
            "finetune.rnn.tokenizer=" + work.resolve("pretrained"),
            "finetune.layer-decay=0.9");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("must be empty if rnn.hidden-size says that an RNN is trained")
        .contains("must be 1 if an RNN is trained");
  }

  /** By chance, the own reply of ten is the best once in ten times. */
  @Test
  void readsRepliesWithTheirContextsAndChoosesFromTheSameCandidatesAsVectors() throws IOException {
    JobRun run = TinyKinds.done(kinds.finetuneCrossReplies("together"));
    assertThat(run.printed())
        .contains("negatives: up to 3 of the other replies of the batch")
        .contains("each evaluation reads up to 10000 contexts with 100 replies each; a smaller");
    Map<String, Double> learned = kinds.manifest("together").figures();
    assertThat(learned.get("test_r100_at_1_before")).isLessThan(0.4);
    assertThat(learned.get("test_r100_at_1")).as("%s", learned).isGreaterThan(0.9);
    TinyKinds.done(kinds.evaluate("together", Kind.REPLIES, "together-scores"));
    Map<String, Double> measured = kinds.manifest("together-scores").figures();
    assertThat(measured)
        .containsKeys("ko_r100_at_3", "ja_r100_at_10", "ko_mrr", "ja_ndcg_at_10", "ndcg_at_10")
        .containsEntry("r100_at_1", learned.get("test_r100_at_1"));

    TinyKinds.done(kinds.finetune(Kind.REPLIES, "vectors", "apart", "finetune.num-epochs=1"));
    TinyKinds.done(kinds.evaluate("apart", Kind.REPLIES, "apart-scores"));
    assertThat(ids("together-scores"))
        .hasSize(TinyKinds.NUM_HELD_OUT)
        .containsExactlyInAnyOrderElementsOf(ids("apart-scores"));

    JobRun few =
        kinds.evaluate("together", Kind.REPLIES, "refused", "evaluate-task.max-examples=99");
    assertThat(few.exitCode()).as(few.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(few.err()).contains("on blocks of 100 examples of one language; no language has so");

    JobRun other = kinds.evaluate("together", Kind.PAIR_SCORES, "refused");
    assertThat(other.exitCode()).as(other.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(other.err()).contains("together learned made-up (replies), ");
  }

  private static List<String> ids(String scores) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(scores).resolve("predictions").toString())
        .select("example_id")
        .as(Encoders.STRING())
        .collectAsList();
  }

  @Test
  void returnsTheBestStepAndStopsWhenItsPatienceIsOver() throws IOException {
    TinyKinds.done(
        kinds.finetune(
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
    Manifest manifest = kinds.manifest("patient");
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
    TinyKinds.done(
        kinds.finetune(
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
    Manifest manifest = kinds.manifest("seeds");
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
    TinyKinds.done(kinds.finetune(Kind.REACTIONS, "cross", "reactions", "finetune.num-epochs=1"));
    JobRun run = kinds.evaluate("reactions", Kind.TEXT_CLASSES, "refused");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains(work.resolve("reactions") + " learned made-up (reactions, 2 made-up (")
        .contains(work.resolve("TEXT_CLASSES") + " has made-up (text-classes, 2 made-up (");
    assertThat(work.resolve("refused")).doesNotExist();
  }

  @Test
  void refusesTextsThatAreLongerThanTheEncoder() {
    kinds.make(Kind.TEXT_CLASSES, "long", 17);
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
    JobRun run = kinds.finetune(Kind.PAIR_CLASSES, "vectors", "refused");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("finetune.method must be cross for task data of kind pair-classes");
  }

  @Test
  void learnsWithBalancedClassesAndSlowerLowerLayers() throws IOException {
    TinyKinds.done(
        kinds.finetune(
            Kind.TEXT_CLASSES,
            "cross",
            "balanced",
            "finetune.class-weights=balanced",
            "finetune.layer-decay=0.9"));
    assertThat(kinds.manifest("balanced").figures().get("test_accuracy")).isGreaterThan(0.95);
    assertThat(
            Checkpoint.loadNetworkJson(
                new Directories(new Configuration()), work.resolve("balanced").toString()))
        .contains("\"classWeights\" : [ 1.0, 1.0 ]")
        .contains("\"layerDecay\" : 0.9");
  }
}
