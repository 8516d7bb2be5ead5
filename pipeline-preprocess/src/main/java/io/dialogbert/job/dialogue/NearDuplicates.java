package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;

import io.dialogbert.common.Seeds;
import io.dialogbert.dialogue.DuplicateConfig;
import io.dialogbert.dialogue.MinHash;
import io.dialogbert.dialogue.Shingles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds the dialogues that are near-duplicates of others. Dialogues that share a band of MinHash
 * values are candidates; those whose shingle sets reach the similarity threshold are pairs. In the
 * order of the ids, a dialogue is removed if it is paired with a smaller one that stays. Ids are
 * hashes, so their order is random, and everything is decided in a few rounds (Blelloch, Fineman
 * and Shun 2012).
 */
final class NearDuplicates {
  /**
   * Each dialogue is compared with at most this many of the smallest ids in a band. So the work is
   * linear, no matter how many dialogues share the band.
   */
  static final int MAX_COMPARED = 8;

  private static final StructType BANDS =
      new StructType()
          .add("band", DataTypes.LongType, false)
          .add("dialogue_id", DataTypes.StringType, false);
  private static final StructType PAIRS =
      new StructType()
          .add("first", DataTypes.StringType, false)
          .add("second", DataTypes.StringType, false);

  private NearDuplicates() {}

  /**
   * The ids of the dialogues to remove, each once.
   *
   * @param dialogues {@code dialogue_id}, {@code lang} and {@code text}; each text once
   * @return one column, {@code copy}; does not depend on partitions
   */
  static Dataset<Row> find(Dataset<Row> dialogues, DuplicateConfig config) {
    Dataset<Row> open = pairs(dialogues, config);
    Dataset<Row> gone = open.select(col("second").as("copy")).limit(0);
    while (!open.isEmpty()) {
      Dataset<Row> pairs = leaf(open);
      Dataset<Row> stay =
          pairs
              .select(col("first").as("stays"))
              .distinct()
              .join(pairs.select("second"), col("stays").equalTo(col("second")), "left_anti");
      Dataset<Row> go =
          pairs
              .join(stay, col("first").equalTo(col("stays")))
              .select(col("second").as("copy"))
              .distinct()
              .persist(StorageLevel.DISK_ONLY());
      // Once counted, Spark knows that it is small, so the joins need not shuffle the pairs.
      go.count();
      gone = gone.union(go);
      Dataset<Row> left =
          pairs
              .join(go, col("second").equalTo(col("copy")), "left_anti")
              .join(go, col("first").equalTo(col("copy")), "left_anti")
              .persist(StorageLevel.DISK_ONLY());
      left.count();
      open.unpersist();
      open = left;
    }
    open.unpersist();
    return gone;
  }

  /**
   * The same rows as a leaf of the query plan. A round uses the pairs several times, so a plan that
   * contained the previous round's plan would grow exponentially with the rounds. Unlike with a
   * local checkpoint, data lost with an executor can be recomputed.
   */
  private static Dataset<Row> leaf(Dataset<Row> onDisk) {
    return onDisk.sparkSession().createDataFrame(onDisk.toJavaRDD(), onDisk.schema());
  }

  /** Pairs that reach the similarity threshold; the first id is the smaller. */
  private static Dataset<Row> pairs(Dataset<Row> dialogues, DuplicateConfig config) {
    Dataset<Row> candidates = candidates(dialogues, config);
    // Once counted, Spark knows that they are small, so the join need not shuffle the texts.
    if (candidates.isEmpty()) {
      return candidates;
    }
    Dataset<Row> compared =
        candidates.union(candidates.select(col("first"), col("first")).distinct());
    MapPartitionsFunction<Row, Row> similar = rows -> similar(rows, config);
    Dataset<Row> pairs =
        compared
            .join(
                dialogues.select("dialogue_id", "text"), col("second").equalTo(col("dialogue_id")))
            .select("first", "second", "text")
            .repartition(col("first"))
            // The first dialogue itself precedes those it is compared with, since its id is
            // smaller.
            .sortWithinPartitions("first", "second")
            .mapPartitions(similar, Encoders.row(PAIRS))
            .persist(StorageLevel.DISK_ONLY());
    pairs.count();
    candidates.unpersist();
    return pairs;
  }

  private static Dataset<Row> candidates(Dataset<Row> dialogues, DuplicateConfig config) {
    MapPartitionsFunction<Row, Row> bands = rows -> bands(rows, config);
    MapPartitionsFunction<Row, Row> collisions = NearDuplicates::collisions;
    Dataset<Row> candidates =
        dialogues
            .select("dialogue_id", "lang", "text")
            .mapPartitions(bands, Encoders.row(BANDS))
            .repartition(col("band"))
            .sortWithinPartitions("band", "dialogue_id")
            .mapPartitions(collisions, Encoders.row(PAIRS))
            .distinct()
            .persist(StorageLevel.DISK_ONLY());
    candidates.count();
    return candidates;
  }

  private static Iterator<Row> bands(Iterator<Row> dialogues, DuplicateConfig config) {
    int bands = config.bands();
    int rows = config.rows();
    MinHash minHash = new MinHash(bands * rows);
    return flatMap(
        dialogues,
        row -> {
          long[] shingles = Shingles.of(row.getAs("text"), config.shingleLength());
          if (shingles.length == 0) {
            return Stream.of();
          }
          String id = row.getAs("dialogue_id");
          long salt = Seeds.hash(0, row.<String>getAs("lang"));
          return Arrays.stream(MinHash.bands(minHash.signature(shingles), bands, rows, salt))
              .mapToObj(band -> RowFactory.create(band, id));
        });
  }

  /** Pairs each dialogue with the smallest ids of its band. */
  private static Iterator<Row> collisions(Iterator<Row> sorted) {
    List<String> smallest = new ArrayList<>(MAX_COMPARED);
    long[] band = new long[1];
    return flatMap(
        sorted,
        row -> {
          long next = row.getAs("band");
          if (next != band[0]) {
            smallest.clear();
            band[0] = next;
          }
          String id = row.getAs("dialogue_id");
          List<Row> met = smallest.stream().map(first -> RowFactory.create(first, id)).toList();
          if (smallest.size() < MAX_COMPARED) {
            smallest.add(id);
          }
          return met.stream();
        });
  }

  private static Iterator<Row> similar(Iterator<Row> sorted, DuplicateConfig config) {
    long[][] first = new long[1][];
    return flatMap(
        sorted,
        row -> {
          long[] shingles = Shingles.set(row.getAs("text"), config.shingleLength());
          String earlier = row.getAs("first");
          String later = row.getAs("second");
          if (earlier.equals(later)) {
            first[0] = shingles;
            return Stream.of();
          }
          return Shingles.jaccard(first[0], shingles) >= config.threshold()
              ? Stream.of(RowFactory.create(earlier, later))
              : Stream.of();
        });
  }

  private static Iterator<Row> flatMap(Iterator<Row> rows, Function<Row, Stream<Row>> map) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
        .flatMap(map)
        .iterator();
  }
}
