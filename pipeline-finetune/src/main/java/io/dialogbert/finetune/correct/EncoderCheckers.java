package io.dialogbert.finetune.correct;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.dialogbert.common.Seeds;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.ClassObjective;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Head;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.NetworkSource;
import io.dialogbert.train.TaskGpu;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.engine.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.deeplearning4j.nn.graph.ComputationGraph;
import scala.Tuple2;

/**
 * Checkers that are fine-tuned encoders. They are trained one after the other, each by all workers,
 * and start from the pretrained encoder in every round: one that went on from an earlier round
 * would remember rows that it must not see.
 */
final class EncoderCheckers implements Checkers {
  private static final String CHUNK = "chunk";

  /** Examples in a batch. */
  private static final int BATCH = 64;

  /** Log of a probability that is as good as 0. */
  private static final float LEAST_LOG = -50;

  private final JobContext job;
  private final TaskSpec spec;
  private final CorrectLabelsConfig.Encoder config;
  private final Checkpoint pretrained;

  EncoderCheckers(
      JobContext job, TaskSpec spec, CorrectLabelsConfig.Encoder config, Checkpoint pretrained) {
    this.job = job;
    this.spec = spec;
    this.config = config;
    this.pretrained = pretrained;
  }

  @Override
  public JavaPairRDD<String, Judgment> judge(Round round, JavaRDD<LabeledRow> rows)
      throws IOException {
    Path directory = job.outputPath("_lessons/round-" + round.number());
    writeLessons(round, rows, directory);
    int checkers = round.folds().numChunks();
    List<NetworkSource<PackedBatch>> networks = new ArrayList<>();
    for (int checker = 0; checker < checkers; checker++) {
      networks.add(train(round, checker, parts(round, checker, directory)));
    }
    job.directories().fileSystem(directory).delete(directory.getParent(), true);
    TaskSpec ofTask = spec;
    return rows.flatMapToPair(
            row ->
                IntStream.range(0, checkers)
                    .filter(checker -> round.judges(checker, row))
                    .mapToObj(checker -> new Tuple2<>(checker, row))
                    .iterator())
        .partitionBy(new HashPartitioner(checkers))
        .mapPartitionsWithIndex(
            (checker, asked) -> judge(ofTask, networks.get(checker), checker, asked), true)
        .mapToPair(judged -> judged);
  }

  /** Lessons in a file for each chunk, in random order. */
  private void writeLessons(Round round, JavaRDD<LabeledRow> rows, Path directory) {
    int classes = spec.classes().size();
    JavaRDD<Row> lessons =
        rows.filter(round::isLesson)
            .map(
                row ->
                    TaskRows.toRow(
                        lesson(round, row, classes),
                        new String[0],
                        Integer.toString(round.chunk(row))));
    Dataset<Row> byChunk =
        job.spark()
            .createDataFrame(lessons, TaskRows.SCHEMA)
            .withColumn(CHUNK, col("split").cast(DataTypes.IntegerType))
            .withColumn("shuffle", xxhash64(lit(job.seed()), col("example_id")));
    byChunk
        .repartition(round.folds().numChunks(), col(CHUNK))
        .sortWithinPartitions(CHUNK, "shuffle", "example_id")
        .drop("shuffle")
        .write()
        .partitionBy(CHUNK)
        .mode("overwrite")
        .parquet(directory.toString());
  }

  private static TaskExample lesson(Round round, LabeledRow row, int classes) {
    TaskExample example =
        new TaskExample(
            row.exampleId(), "", row.first(), row.second(), row.label(), 0, 0, new float[0]);
    if (!round.learnsSoftly()) {
      return example;
    }
    Round.Target target = round.target(row);
    float[] logs = new float[classes];
    Arrays.fill(logs, LEAST_LOG);
    for (int i = 0; i < target.classes().length; i++) {
      logs[target.classes()[i]] = (float) Math.max(LEAST_LOG, StrictMath.log(target.shares()[i]));
    }
    return example.withTeacherOutputs(logs);
  }

  /** The files of the chunks that a checker learns from. */
  private List<ExampleReader.Part> parts(Round round, int checker, Path directory)
      throws IOException {
    Map<Integer, Long> rows = new TreeMap<>();
    job.spark()
        .read()
        .parquet(directory.toString())
        .groupBy(CHUNK)
        .count()
        .collectAsList()
        .forEach(row -> rows.put(row.getAs(CHUNK), row.getAs("count")));
    List<ExampleReader.Part> parts = new ArrayList<>();
    for (Map.Entry<Integer, Long> chunk : rows.entrySet()) {
      if (!round.folds().judges(checker, chunk.getKey())) {
        Path ofChunk = new Path(directory, CHUNK + "=" + chunk.getKey());
        for (FileStatus file : job.directories().fileSystem(ofChunk).listStatus(ofChunk)) {
          if (file.getPath().getName().endsWith(".parquet")) {
            parts.add(new ExampleReader.Part(file.getPath().toString(), chunk.getValue(), ""));
          }
        }
      }
    }
    return parts;
  }

  private NetworkSource<PackedBatch> train(Round round, int checker, List<ExampleReader.Part> parts)
      throws IOException {
    ClassObjective ofLabels = ClassObjective.ofLabels(spec);
    return round.learnsSoftly()
        ? train(new SoftTargets(ofLabels), round, checker, parts)
        : train(ofLabels, round, checker, parts);
  }

  private NetworkSource<PackedBatch> train(
      Objective<ClassObjective.Prediction> objective,
      Round round,
      int checker,
      List<ExampleReader.Part> parts)
      throws IOException {
    TrainingConfig training =
        config
            .training(parts.stream().mapToLong(ExampleReader.Part::rows).sum())
            .withStatesIn("round-" + round.number() + "-checker-" + checker);
    long seed = Seeds.hash(job.seed(), "checker", round.number(), checker);
    ComputationGraph graph =
        Graphs.create(
            objective.model(Graphs.encoderConfig(pretrained.graph())), training.settings(), seed);
    Graphs.copyEncoder(pretrained.graph(), graph);
    return new TaskTraining<>(job, objective)
        .loop(graph, pretrained.tokenizer(), training, parts, seed)
        .train()
        .network();
  }

  private static Iterator<Tuple2<String, Judgment>> judge(
      TaskSpec spec,
      NetworkSource<PackedBatch> source,
      int checker,
      Iterator<Tuple2<Integer, LabeledRow>> asked)
      throws IOException {
    List<LabeledRow> rows = new ArrayList<>();
    asked.forEachRemaining(row -> rows.add(row._2()));
    // So that batches do not depend on how rows were divided.
    rows.sort(Comparator.comparing(LabeledRow::exampleId));
    List<Tuple2<String, Judgment>> judgments = new ArrayList<>();
    if (rows.isEmpty()) {
      return judgments.iterator();
    }
    TaskGpu.use();
    // Spark runs as many tasks as there are cores.
    try (Trainer<PackedBatch> network = source.open(1)) {
      for (int from = 0; from < rows.size(); from += BATCH) {
        List<LabeledRow> batch = rows.subList(from, Math.min(rows.size(), from + BATCH));
        float[][] logits = network.predict(Tasks.pack(spec, examples(batch)), Head.CLASSIFIER);
        for (int i = 0; i < logits.length; i++) {
          float[] ofRow = logits[i];
          double[] doubles = IntStream.range(0, ofRow.length).mapToDouble(c -> ofRow[c]).toArray();
          judgments.add(
              new Tuple2<>(batch.get(i).exampleId(), Judgment.of(checker, batch.get(i), doubles)));
        }
      }
    }
    return judgments.iterator();
  }

  private static List<TaskExample> examples(List<LabeledRow> rows) {
    return rows.stream()
        .map(
            row ->
                new TaskExample(
                    row.exampleId(),
                    "",
                    row.first(),
                    row.second(),
                    row.given(),
                    0,
                    0,
                    new float[0]))
        .toList();
  }
}
