package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;

import io.dialogbert.common.Seeds;
import io.dialogbert.dialogue.DuplicateConfig;
import io.dialogbert.dialogue.MinHash;
import io.dialogbert.dialogue.Shingles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
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
   * Each dialogue is compared with at most this many of the smallest ids in a band, and as many
   * earlier ones. So the work is linear, no matter how many dialogues share the band.
   */
  static final int MAX_COMPARED = 8;

  /** Put before the id of an earlier dialogue. It is less than any character of an id. */
  private static final String EARLIER = " ";

  private static final String[] USING_BAND = {"band"};

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
    return find(dialogues, Optional.empty(), config);
  }

  /**
   * The same where earlier dialogues are there already. They come before all others in the order,
   * and they stay.
   *
   * @param earlier none of them is among the dialogues
   */
  static Dataset<Row> find(
      Dataset<Row> dialogues, Optional<EarlierDialogues> earlier, DuplicateConfig config) {
    Dataset<Row> open = pairs(dialogues, earlier, config);
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
  private static Dataset<Row> pairs(
      Dataset<Row> dialogues, Optional<EarlierDialogues> earlier, DuplicateConfig config) {
    Dataset<Row> candidates = candidates(dialogues, earlier, config);
    // Once counted, Spark knows that they are small, so the join need not shuffle the texts.
    if (candidates.isEmpty()) {
      return candidates;
    }
    Dataset<Row> compared =
        candidates.union(candidates.select(col("first"), col("first")).distinct());
    Dataset<Row> texts = dialogues.select("dialogue_id", "text");
    if (earlier.isPresent()) {
      Dataset<Row> ids =
          candidates
              .filter(col("first").startsWith(EARLIER))
              .select(substring(col("first"), 2, Integer.MAX_VALUE).as("dialogue_id"))
              .distinct();
      texts =
          texts.union(earlier.get().texts(ids).select(earlierId().as("dialogue_id"), col("text")));
    }
    MapPartitionsFunction<Row, Row> similar = rows -> similar(rows, config);
    Dataset<Row> pairs =
        compared
            .join(texts, col("second").equalTo(col("dialogue_id")))
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

  private static Dataset<Row> candidates(
      Dataset<Row> dialogues, Optional<EarlierDialogues> earlier, DuplicateConfig config) {
    MapPartitionsFunction<Row, Row> bands = rows -> bands(rows, config);
    MapPartitionsFunction<Row, Row> collisions = NearDuplicates::collisions;
    Dataset<Row> own =
        dialogues.select("dialogue_id", "lang", "text").mapPartitions(bands, Encoders.row(BANDS));
    Dataset<Row> candidates =
        earlier
            .map(
                before ->
                    own.union(
                        before
                            .hashes()
                            .select(explode(col("bands")).as("band"), earlierId().as("dialogue_id"))
                            .join(own.select("band").distinct(), USING_BAND, "left_semi")))
            .orElse(own)
            .repartition(col("band"))
            .sortWithinPartitions("band", "dialogue_id")
            .mapPartitions(collisions, Encoders.row(PAIRS))
            .distinct()
            .persist(StorageLevel.DISK_ONLY());
    candidates.count();
    return candidates;
  }

  private static Iterator<Row> bands(Iterator<Row> dialogues, DuplicateConfig config) {
    Function<Row, long[]> bandsOf = bandsOf(config);
    return flatMap(
        dialogues,
        row -> {
          String id = row.getAs("dialogue_id");
          return Arrays.stream(bandsOf.apply(row)).mapToObj(band -> RowFactory.create(band, id));
        });
  }

  /**
   * Computes the bands of a dialogue from a row with {@code lang} and {@code text}; none if the
   * text is too short for a shingle. For one thread.
   */
  static Function<Row, long[]> bandsOf(DuplicateConfig config) {
    int bands = config.bands();
    int rows = config.rows();
    MinHash minHash = new MinHash(bands * rows);
    return row -> {
      long[] shingles = Shingles.of(row.getAs("text"), config.shingleLength());
      long salt = Seeds.hash(0, row.<String>getAs("lang"));
      return shingles.length == 0
          ? new long[0]
          : MinHash.bands(minHash.signature(shingles), bands, rows, salt);
    };
  }

  private static Column earlierId() {
    return concat(lit(EARLIER), col("dialogue_id"));
  }

  /** Pairs each dialogue with the smallest ids of its band, and the smallest earlier ones. */
  private static Iterator<Row> collisions(Iterator<Row> sorted) {
    List<String> smallest = new ArrayList<>(MAX_COMPARED);
    List<String> smallestEarlier = new ArrayList<>(MAX_COMPARED);
    long[] band = new long[1];
    return flatMap(
        sorted,
        row -> {
          long next = row.getAs("band");
          if (next != band[0]) {
            smallest.clear();
            smallestEarlier.clear();
            band[0] = next;
          }
          String id = row.getAs("dialogue_id");
          if (id.startsWith(EARLIER)) {
            addUpToLimit(smallestEarlier, id);
            return Stream.of();
          }
          List<Row> met =
              Stream.concat(smallestEarlier.stream(), smallest.stream())
                  .map(first -> RowFactory.create(first, id))
                  .toList();
          addUpToLimit(smallest, id);
          return met.stream();
        });
  }

  private static void addUpToLimit(List<String> ids, String id) {
    if (ids.size() < MAX_COMPARED) {
      ids.add(id);
    }
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
