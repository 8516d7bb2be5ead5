package io.dialogbert.job.example;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import io.dialogbert.example.ExampleBuilder;
import io.dialogbert.example.ExampleStats;
import io.dialogbert.example.MaskedInput;
import io.dialogbert.example.Masking;
import io.dialogbert.example.MaskingConfig;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.example.TokenizedDialogue;
import io.dialogbert.job.table.ArrayRows;
import io.dialogbert.job.table.ExampleRows;
import io.dialogbert.job.table.PartitionAccumulator;
import io.dialogbert.job.table.RandomFiles;
import io.dialogbert.job.table.TokenizedRows;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.types.DataTypes;

/** Makes the examples table from tokenized dialogues. Is serialized to the executors. */
final class ExampleTableBuilder implements Serializable {
  private static final Encoder<Row> BUCKETED =
      ArrayRows.encoder(TokenizedRows.SCHEMA.add("bucket", DataTypes.IntegerType, false));

  private final BuildExamplesConfig config;
  private final MaskingConfig masking;
  private final BitSet wordStarts;
  private final long seed;
  private final HashMap<String, Integer> numBuckets = new HashMap<>();
  private long numDialogues;
  private long numTurns;

  /**
   * Counts the dialogues. Each language and split gets buckets of about equal size; their number
   * depends only on the corpus.
   *
   * @param dialogues a table with {@code lang} and {@code split}, one row for each dialogue
   * @param turnsOfRow the number of turns of a row
   * @param wordStarts which ids start a word
   * @param vocabSize number of ids without spare tokens
   */
  ExampleTableBuilder(
      BuildExamplesConfig config,
      Dataset<Row> dialogues,
      Column turnsOfRow,
      BitSet wordStarts,
      int vocabSize,
      long seed) {
    this.config = config;
    this.masking = config.masking(vocabSize);
    this.wordStarts = wordStarts;
    this.seed = seed;
    for (Row row :
        dialogues
            .groupBy("lang", "split")
            .agg(count(lit(1)).as("dialogues"), sum(turnsOfRow).as("turns"))
            .collectAsList()) {
      long dialoguesOfSplit = row.getAs("dialogues");
      long buckets = Math.max(1, dialoguesOfSplit / config.dialoguesPerBucket());
      numBuckets.put(key(row.getAs("lang"), row.getAs("split")), Math.toIntExact(buckets));
      numDialogues += dialoguesOfSplit;
      numTurns += row.<Long>getAs("turns");
    }
  }

  /** The number of dialogues. */
  long numDialogues() {
    return numDialogues;
  }

  /** New, empty statistics. */
  ExampleStats newStats() {
    return new ExampleStats(config.example(), masking);
  }

  /**
   * The examples in the layout of their files.
   *
   * @param tokenized {@code dialogue_id}, {@code lang}, {@code split}, {@code turns} as arrays of
   *     token ids
   * @param stats registered; complete when all rows have been computed
   */
  Dataset<Row> examples(Dataset<Row> tokenized, PartitionAccumulator<ExampleStats> stats) {
    UDF3<String, String, String, Integer> bucketOf =
        (dialogueId, lang, split) ->
            exampleBuilder().bucketOf(dialogueId, numBuckets.get(key(lang, split)));
    MapPartitionsFunction<Row, Row> make = rows -> new Buckets(rows, stats);
    Dataset<Row> examples =
        tokenized
            .withColumn(
                "bucket",
                udf(bucketOf, DataTypes.IntegerType)
                    .apply(col("dialogue_id"), col("lang"), col("split")))
            .repartition(col("lang"), col("split"), col("bucket"))
            .sortWithinPartitions("lang", "split", "bucket")
            .as(BUCKETED)
            .mapPartitions(make, ExampleRows.ENCODER);
    double expected = numTurns * config.example().pairing().examplesPerTurn() * config.copies();
    return RandomFiles.layout(examples, seed, Math.round(expected), config.examplesPerFile());
  }

  private static String key(String lang, String split) {
    return lang + " " + split;
  }

  private ExampleBuilder exampleBuilder() {
    return new ExampleBuilder(config.example(), seed);
  }

  /** An example to be masked, and its number of turns. */
  private record Unmasked(PretrainExample example, int numTurns) {}

  /**
   * The examples, bucket by bucket; rows come sorted by bucket. Copies are made one at a time, so
   * that a bucket is held only once.
   */
  private final class Buckets implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final PartitionAccumulator<ExampleStats> accumulator;
    private final ExampleStats stats = newStats();
    private final Masking masks = new Masking(masking, wordStarts::get);
    private final Queue<Unmasked> ready = new ArrayDeque<>();
    private Row ahead;
    private int nextCopy;
    private boolean reported;

    private Buckets(Iterator<Row> rows, PartitionAccumulator<ExampleStats> accumulator) {
      this.rows = rows;
      this.accumulator = accumulator;
      this.ahead = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && ahead != null) {
        List<TokenizedDialogue> bucket = new ArrayList<>();
        Row first = ahead;
        while (ahead != null && isSameBucket(first, ahead)) {
          bucket.add(TokenizedRows.fromRow(ahead));
          ahead = rows.hasNext() ? rows.next() : null;
        }
        stats.addBucket(bucket);
        exampleBuilder()
            .build(bucket, (example, numTurns) -> ready.add(new Unmasked(example, numTurns)));
      }
      if (ready.isEmpty() && !reported) {
        accumulator.add(Map.entry(TaskContext.getPartitionId(), stats));
        reported = true;
      }
      return !ready.isEmpty();
    }

    private static boolean isSameBucket(Row a, Row b) {
      return a.getAs("bucket").equals(b.getAs("bucket"))
          && a.getAs("lang").equals(b.getAs("lang"))
          && a.getAs("split").equals(b.getAs("split"));
    }

    @Override
    public Row next() {
      Unmasked unmasked = ready.element();
      PretrainExample example = unmasked.example();
      int copy = nextCopy++;
      if (nextCopy == config.copies()) {
        ready.remove();
        nextCopy = 0;
      }
      MaskedInput masked = masks.mask(example.inputIds(), seed, copy, example.exampleId());
      stats.add(example, unmasked.numTurns(), masked);
      return ExampleRows.toRow(
          config.staticMasks() == 0
              ? example
              : example.withMasks(example.exampleId() + "-" + copy, masked));
    }
  }
}
