package io.dialogbert.finetune.correct;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.TinyEncoder;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.finetune.train.FinetuneJob;
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
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.TaskSpec.Kind;
import io.dialogbert.task.correct.ClassLogs;
import io.dialogbert.task.correct.LabelEvidence;
import io.dialogbert.task.correct.ListSums;
import io.dialogbert.task.correct.NoiseFit;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels of texts that a few words tell apart, some of them wrong. */
final class CorrectLabelsIT {
  private static final int NUM_CLASSES = 3;
  private static final int NUM_ROWS = 600;
  private static final long SEED = Long.getLong("tests.seed", 20191029);
  private static final SerializedTokenizer TOKENIZER = TinyTokenizer.of(50, 2);

  @TempDir static Path work;

  @BeforeAll
  static void makeInputs() {
    make("clean", 0, 1, false);
    make("noisy", 0.2, 1, false);
    // The same rows in another order and in more files.
    make("scattered", 0.2, 5, true);
    make("one-class", 2, 1, false);
    EncoderConfig encoder = new EncoderConfig(16, 1, 2, 24, 50, 16, 2, 2, 0, 0, 0.2, 1e-12);
    TinyEncoder.make(work.resolve("pretrained"), encoder, TOKENIZER);
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  /** Task data; with a noise of 2, all labels are 0. */
  private static void make(String name, double noise, int files, boolean reversed) {
    new StubJob<>(new BuildTaskDataJob(), job -> make(job, noise, files, reversed))
        .make(
            "dialogues=unread",
            "reactions=unread",
            "tokenizer=unread",
            "output=" + work.resolve(name));
  }

  private static void make(JobContext job, double noise, int files, boolean reversed)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String split : List.of("train", "validation", "test")) {
      for (int i = 0; i < (split.equals("train") ? NUM_ROWS : 60); i++) {
        int label = split.equals("train") ? given(i, noise) : truth(i);
        TaskExample example = TaskExample.ofText(split + "-" + i, "ko", text(i), label);
        rows.add(TaskRows.toRow(example, new String[] {"dialogue"}, split));
      }
    }
    if (reversed) {
      Collections.reverse(rows);
    }
    job.write(
        job.spark().createDataFrame(rows, TaskRows.SCHEMA).repartition(files), "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), TOKENIZER);
    Tasks.save(
        job,
        new TaskSpec(
            "made-up",
            Kind.TEXT_CLASSES,
            new Layout(16, 1, false),
            IntStream.range(0, NUM_CLASSES)
                .mapToObj(c -> new TaskSpec.ClassName("", "class " + c))
                .toList(),
            TaskSpec.Range.NONE));
  }

  private static int truth(int i) {
    return i % NUM_CLASSES;
  }

  private static int given(int i, double noise) {
    if (noise > 1) {
      return 0;
    }
    SplittableRandom random = Seeds.of(SEED, "flip", i);
    return random.nextDouble() < noise
        ? (truth(i) + 1 + random.nextInt(NUM_CLASSES - 1)) % NUM_CLASSES
        : truth(i);
  }

  /** Two of four words of the class among four that say nothing; some texts occur twice. */
  private static int[] text(int i) {
    SplittableRandom random = Seeds.of(SEED, "text", i % (NUM_ROWS - 30));
    int[] text = random.ints(6, 25, 50).toArray();
    int ofClass = 8 + 4 * truth(i);
    text[random.nextInt(3)] = ofClass + random.nextInt(4);
    text[3 + random.nextInt(3)] = ofClass + random.nextInt(4);
    return text;
  }

  private static JobRun correct(String data, String output, String... more) {
    return JobRun.of(
        new CorrectLabelsJob(),
        Stream.concat(
                Stream.of("task-data=" + work.resolve(data), "output=" + work.resolve(output)),
                Stream.of(more))
            .map(setting -> "correct-labels." + setting)
            .toArray(String[]::new));
  }

  private static void done(JobRun run) {
    assertThat(run.exitCode()).as("seed %d: %s", SEED, run.printed()).isEqualTo(JobMain.DONE);
  }

  private static List<Row> table(String directory, String table, String... order) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(directory).resolve(table).toString())
        .orderBy(Stream.of(order).map(functions::col).toArray(Column[]::new))
        .collectAsList();
  }

  private static Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }

  private static int number(Row row) {
    return Integer.parseInt(row.<String>getAs("example_id").substring("train-".length()));
  }

  /** Shares of the wrong labels that were replaced rightly, and of the right ones replaced. */
  private static double[] foundAndHarmed(String output, double noise) {
    double[] counts = new double[4];
    for (Row row : table(output, "posteriors", "example_id")) {
      int i = number(row);
      boolean wrong = given(i, noise) != truth(i);
      counts[wrong ? 1 : 3]++;
      if (row.<String>getAs("decision").equals("correct")) {
        boolean found = wrong && row.<Integer>getAs("label") == truth(i);
        counts[0] += found ? 1 : 0;
        counts[2] += wrong ? 0 : 1;
      }
    }
    return new double[] {counts[0] / Math.max(1, counts[1]), counts[2] / counts[3]};
  }

  @Test
  void findsFlippedLabelsAndWritesTheSameBytesForEveryOrderAndPartitioning() throws IOException {
    done(correct("noisy", "corrected", "fix-threshold=0.8"));
    double[] shares = foundAndHarmed("corrected", 0.2);
    assertThat(shares[0]).as("found, seed %d", SEED).isGreaterThan(0.7);
    assertThat(shares[1]).as("harmed, seed %d", SEED).isLessThan(0.03);
    assertThat(manifest("corrected").figures().get("estimated_noise")).isBetween(0.1, 0.3);

    done(correct("scattered", "again", "fix-threshold=0.8"));
    assertThat(hashes("again")).isEqualTo(hashes("corrected"));
    requireTables("corrected");
    // The output is task data like any other.
    JobRun run =
        JobRun.of(
            new FinetuneJob(),
            "finetune.checkpoint=" + work.resolve("pretrained"),
            "finetune.task-data=" + work.resolve("corrected"),
            "finetune.output=" + work.resolve("learned"),
            "finetune.num-epochs=1",
            "finetune.training.num-workers=1");
    done(run);
  }

  /** Of the files of all tables. */
  private static Map<String, String> hashes(String output) throws IOException {
    Map<String, String> hashes = new HashMap<>();
    manifest(output)
        .files()
        .forEach(
            file -> {
              if (file.path().endsWith(".parquet")) {
                hashes.put(file.path(), file.sha256());
              }
            });
    assertThat(hashes).hasSizeGreaterThan(6);
    return hashes;
  }

  private static void requireTables(String output) {
    List<Row> posteriors = table(output, "posteriors", "example_id");
    assertThat(posteriors).hasSize(NUM_ROWS);
    Map<String, Integer> labels = new HashMap<>();
    Set<String> doubted = new HashSet<>();
    for (Row row : posteriors) {
      List<Float> logits = row.getList(row.fieldIndex("logits"));
      assertThat(logits.stream().mapToDouble(Math::exp).sum()).isBetween(0.9999, 1.0001);
      labels.put(row.getAs("example_id"), row.getAs("label"));
      if (!row.<String>getAs("decision").equals("keep")) {
        doubted.add(row.getAs("example_id"));
      }
      assertThat(row.<Integer>getAs("round") == 0)
          .isEqualTo(row.<Integer>getAs("label").equals(row.<Integer>getAs("given")));
    }
    for (Row row : table(output, "data", "example_id")) {
      if (row.<String>getAs("split").equals("train")) {
        assertThat(row.<Integer>getAs("label")).isEqualTo(labels.get(row.getAs("example_id")));
        assertThat(TaskRows.dialogueIds(row)).containsExactly("dialogue");
      }
    }
    assertThat(table(output, "votes", "example_id", "checker")).hasSize(3 * NUM_ROWS);
    List<Row> review =
        SparkTestSession.get()
            .read()
            .parquet(work.resolve(output).resolve("review").toString())
            .collectAsList();
    assertThat(review)
        .extracting(row -> row.<String>getAs("example_id"))
        .hasSameElementsAs(doubted);
    assertThat(review).extracting(row -> row.<Double>getAs("given_probability")).isSorted();
    for (int c = 0; c < NUM_CLASSES; c++) {
      int from = c;
      assertThat(
              table(output, "channel", "true_class", "given").stream()
                  .filter(row -> row.<Integer>getAs("true_class") == from)
                  .mapToDouble(row -> row.<Double>getAs("probability"))
                  .sum())
          .isBetween(0.999, 1.0001);
    }
  }

  @Test
  void leavesRightLabelsAlone() {
    done(correct("clean", "clean-corrected"));
    assertThat(foundAndHarmed("clean-corrected", 0)[1]).as("seed %d", SEED).isLessThan(0.005);
  }

  @Test
  void flagsDropsAndLearnsSoftly() throws IOException {
    done(correct("noisy", "flagged", "mode=flag", "num-rounds=1"));
    done(correct("noisy", "dropped", "mode=drop", "num-rounds=1"));
    List<Row> given = table("noisy", "data", "split", "example_id");
    assertThat(table("flagged", "data", "split", "example_id")).isEqualTo(given);
    assertThat(table("dropped", "data", "split", "example_id"))
        .hasSize(given.size() - table("dropped", "review", "example_id").size());
    done(correct("noisy", "soft", "mode=soft", "history-weight=1", "class-thresholds=true"));
    double right = 0;
    for (Row row : table("soft", "data", "example_id")) {
      if (row.<String>getAs("split").equals("train")) {
        right += row.<Integer>getAs("label") == truth(number(row)) ? 1 : 0;
      }
    }
    assertThat(right / NUM_ROWS).as("seed %d", SEED).isGreaterThan(0.9);
    assertThat(manifest("soft").counts().get("rows_in")).isEqualTo(NUM_ROWS);
  }

  @Test
  void checksWithEncodersFromLabelsAndFromProbabilities() {
    for (String mode : List.of("correct", "soft")) {
      String output = "encoder-" + mode;
      done(
          correct(
              "noisy",
              output,
              "mode=" + mode,
              "checker=encoder",
              "checkpoint=" + work.resolve("pretrained"),
              "num-chunks=2",
              "checkers-per-row=1",
              "num-rounds=2",
              "fix-threshold=0.6",
              "num-epochs=6",
              "training.learning-rate=5e-3",
              "training.batch-size=16",
              "training.num-workers=1"));
      assertThat(foundAndHarmed(output, 0.2)[0]).as("found, seed %d", SEED).isGreaterThan(0.3);
      assertThat(foundAndHarmed(output, 0.2)[1]).as("harmed, seed %d", SEED).isLessThan(0.1);
      assertThat(Files.exists(work.resolve(output + "-checkpoints"))).isFalse();
      assertThat(Files.exists(work.resolve(output).resolve("_lessons"))).isFalse();
    }
  }

  /** As on many rows, where the driver does not sum. */
  @Test
  void fitsTheSameNoiseInSparkTasks() {
    SplittableRandom random = Seeds.of(SEED, "evidence");
    List<LabelEvidence> rows =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    new LabelEvidence(
                        i % NUM_CLASSES,
                        ClassLogs.of(random.doubles(NUM_CLASSES, -2, 2).toArray(), 20, 0),
                        null))
            .toList();
    JavaSparkContext spark =
        JavaSparkContext.fromSparkContext(SparkTestSession.get().sparkContext());
    assertThat(new NoiseFit(new RddSums(spark.parallelize(rows, 3)), NUM_CLASSES).fit())
        .usingRecursiveComparison()
        .isEqualTo(new NoiseFit(new ListSums(rows), NUM_CLASSES).fit());
  }

  @Test
  void refusesWhatCannotBeChecked() {
    refused(correct("one-class", "refused"), "all training rows are of class 0");
    refused(
        correct("noisy", "refused", "num-chunks=700"),
        "600 training rows are fewer than num-chunks = 700");
    JobRun bad = correct("noisy", "refused", "checkers-per-row=8", "ambiguous-threshold=0.95");
    assertThat(bad.exitCode()).as(bad.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(bad.err())
        .contains("must be below num-chunks = 8")
        .contains("must be at most fix-threshold = 0.9");
  }

  private static void refused(JobRun run, String message) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains(message);
  }
}
