package io.dialogbert.train;

import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Made-up examples over 50 pieces that a tiny encoder learns quickly. All tokens of a part belong
 * to one of two topics. A second part that truly follows has the topic of the first.
 */
public final class TinyExamples {
  static final int VOCAB_SIZE = 50;
  static final int MAX_LENGTH = 12;

  private static final int TOPICS = 2;
  private static final int PIECES_PER_TOPIC = (VOCAB_SIZE - 6) / TOPICS;
  private static final DataType INTS = DataTypes.createArrayType(DataTypes.IntegerType, false);

  /** The examples table, as build-examples writes it. */
  static final StructType SCHEMA =
      new StructType()
          .add("example_id", DataTypes.StringType, false)
          .add("dialogue_id", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false)
          .add("input_ids", INTS, false)
          .add("segment_ids", INTS, false)
          .add("turn_ids", INTS, false)
          .add("next_sentence_label", DataTypes.IntegerType, false)
          .add("masked_lm_positions", INTS, false)
          .add("masked_lm_ids", INTS, false);

  private TinyExamples() {}

  /** Rows of the examples table without masks. */
  static List<Row> rows(String split, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(2);
      int topic = random.nextInt(TOPICS);
      int other = label == 0 ? topic : 1 - topic;
      int first = 2 + random.nextInt(3);
      int second = 2 + random.nextInt(3);
      int length = first + second + 3;
      int[] inputIds = new int[length];
      int[] segmentIds = new int[length];
      inputIds[0] = SpecialTokens.CLS;
      for (int t = 1; t < length; t++) {
        int of = t <= first ? topic : other;
        inputIds[t] = SpecialTokens.ALL.size() + of * PIECES_PER_TOPIC + random.nextInt(3);
        segmentIds[t] = t <= first + 1 ? 0 : 1;
      }
      inputIds[first + 1] = SpecialTokens.SEP;
      inputIds[length - 1] = SpecialTokens.SEP;
      String id = split + "-" + i;
      rows.add(
          RowFactory.create(
              id,
              "dialogue-" + i,
              "ko",
              split,
              inputIds,
              segmentIds,
              segmentIds,
              label,
              new int[0],
              new int[0]));
    }
    return rows;
  }

  /** The same examples as a reader decodes them. */
  static List<PretrainExample> examples(int count, long seed) {
    return rows("train", count, seed).stream().map(TinyExamples::example).toList();
  }

  private static PretrainExample example(Row row) {
    return new PretrainExample(
        row.getString(0),
        List.of(row.getString(1)),
        row.getString(2),
        row.getString(3),
        (int[]) row.get(4),
        (int[]) row.get(5),
        (int[]) row.get(6),
        row.getInt(7),
        (int[]) row.get(8),
        (int[]) row.get(9));
  }

  /**
   * Writes rows as a table's files. The order of examples depends on the file names, so these lack
   * the random part of Spark's names.
   */
  static List<ExampleReader.Part> write(Path table, List<Row> rows, int numFiles)
      throws IOException {
    SparkSession spark = SparkSession.active();
    List<ExampleReader.Part> parts = new ArrayList<>();
    for (int i = 0; i < numFiles; i++) {
      List<Row> some = rows.subList(rows.size() * i / numFiles, rows.size() * (i + 1) / numFiles);
      Path file = table.resolve("part-" + i + ".parquet");
      spark
          .createDataFrame(some, SCHEMA)
          .drop("split")
          .coalesce(1)
          .write()
          .parquet(file.toString());
      parts.add(new ExampleReader.Part(file.toString(), some.size(), ""));
    }
    return parts;
  }

  /** A tokenizer of 50 pieces. */
  static SerializedTokenizer tokenizer(int maxRepeats) {
    return TinyTokenizer.of(VOCAB_SIZE, maxRepeats);
  }

  /** H 16, 2 layers, 2 heads, I 24; with dropout, so that its seeds matter, too. */
  static ComputationGraph network(TrainingConfig config, long seed) {
    return network(config, seed, 0.1);
  }

  static ComputationGraph network(TrainingConfig config, long seed, double dropout) {
    EncoderConfig encoder =
        new EncoderConfig(
            16, 2, 2, 24, VOCAB_SIZE, MAX_LENGTH, 2, 2, dropout, dropout, 0.02, 1e-12);
    return Graphs.create(PretrainingTask.model(encoder), config.settings(), seed);
  }

  /** Masked-LM and next-sentence prediction with masks that change from epoch to epoch. */
  static PretrainingTask task(ComputationGraph network, long seed) {
    return task(network, seed, 3);
  }

  /**
   * The same, with a limit on masks.
   *
   * @param maxMasks maximum number of masks in an example; each has at least one
   */
  static PretrainingTask task(ComputationGraph network, long seed, int maxMasks) {
    return new PretrainingTask(
        new BertEngine(network.getConfiguration().toJson(), Precision.FLOAT32),
        tokenizer(2),
        new MaskingConfig(0.3, maxMasks, false, VOCAB_SIZE),
        seed);
  }

  /** Plain averaging of AdamW; no checkpoint except the last. */
  static TrainingConfig training(
      int numSteps, int batchSize, AveragingConfig averaging, double learningRate, int warmup) {
    return training(numSteps, batchSize, batchSize, averaging, learningRate, warmup);
  }

  /** The same with micro-batches. */
  static TrainingConfig training(
      int numSteps,
      int batchSize,
      int microBatchSize,
      AveragingConfig averaging,
      double learningRate,
      int warmup) {
    return new TrainingConfig(
        batchSize,
        microBatchSize,
        Precision.FLOAT32,
        averaging,
        new WarmupSchedule(learningRate, warmup, numSteps, 1),
        0.01,
        1,
        TrainingSettings.Optimizer.ADAMW,
        0,
        0,
        1000,
        1,
        new TrainingConfig.CheckpointConfig("unused", 1000, 0, TrainingConfig.SavedStep.LAST, 0));
  }

  /** The same with a limit on discarded rounds. */
  static TrainingConfig withSkips(TrainingConfig config, int maxSkippedRounds) {
    return new TrainingConfig(
        config.batchSize(),
        config.microBatchSize(),
        config.precision(),
        config.averaging(),
        config.learningRate(),
        config.weightDecay(),
        config.maxGradientNorm(),
        config.optimizer(),
        config.lossSpikeFactor(),
        maxSkippedRounds,
        config.evaluationSteps(),
        config.evaluationExamples(),
        config.checkpoints());
  }
}
