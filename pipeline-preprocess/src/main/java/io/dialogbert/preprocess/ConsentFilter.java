package io.dialogbert.preprocess;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.dialogue.DropReason;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/**
 * Turns accepted rows of {@link LineIngester} into dropped ones where a list of users says so. The
 * lists are joined with the participants of each conversation, and what comes of it with the rows;
 * nothing is collected.
 */
final class ConsentFilter {
  private static final String RANK = "consent_rank";

  /** What a dropped row keeps. */
  private static final Set<String> KEPT = Set.of("file", "row", "rule", "hash");

  private ConsentFilter() {}

  /**
   * The same rows, as many, some of them dropped.
   *
   * @param lines read more than once, so better persisted
   * @param consented {@code sender_id} of those who have; without it, all have
   * @param deletionRequested {@code sender_id} of those whose messages must go, consent or not
   */
  static Dataset<Row> apply(
      Dataset<Row> lines,
      Optional<Dataset<Row>> consented,
      Optional<Dataset<Row>> deletionRequested,
      ConsentPolicy policy) {
    if (consented.isEmpty() && deletionRequested.isEmpty()) {
      return lines;
    }
    Dataset<Row> participants =
        lines
            .filter(col("sender_id").isNotNull())
            .select("conversation_id", "sender_id")
            .distinct();
    // A request for deletion is the stronger reason.
    Column deleted = lit(null).cast("int");
    if (deletionRequested.isPresent()) {
      participants = flag(participants, deletionRequested.get(), "deleted");
      deleted = when(col("deleted"), 1);
    }
    Column unconsented = lit(null).cast("int");
    if (consented.isPresent()) {
      participants = flag(participants, consented.get(), "consented");
      unconsented = when(col("consented").isNull(), 2);
    }
    String[] key =
        policy == ConsentPolicy.SENDER
            ? new String[] {"conversation_id", "sender_id"}
            : new String[] {"conversation_id"};
    Dataset<Row> marks =
        participants
            .withColumn(RANK, coalesce(deleted, unconsented))
            .filter(col(RANK).isNotNull())
            .groupBy(Stream.of(key).map(name -> col(name)).toArray(Column[]::new))
            .agg(min(RANK).as(RANK));

    Column[] columns =
        Stream.of(lines.schema().fields()).map(ConsentFilter::column).toArray(Column[]::new);
    // Rejects have no conversation and would all meet in one task.
    Dataset<Row> others = lines.filter(col("conversation_id").isNull());
    return lines
        .filter(col("conversation_id").isNotNull())
        .join(marks, key, "left")
        .select(columns)
        .union(others);
  }

  private static Dataset<Row> flag(Dataset<Row> participants, Dataset<Row> users, String name) {
    return participants.join(
        users.distinct().withColumn(name, lit(true)), new String[] {"sender_id"}, "left");
  }

  private static Column column(StructField field) {
    String name = field.name();
    // What was dropped before keeps its reason.
    Column drop = col(RANK).isNotNull().and(col("reason").isNull());
    Column value =
        switch (name) {
          case "outcome" -> when(drop, LineIngester.DROPPED).otherwise(col(name));
          case "reason" ->
              when(drop.and(col(RANK).equalTo(1)), DropReason.DELETION_REQUESTED.label())
                  .when(drop, DropReason.NO_CONSENT.label())
                  .otherwise(col(name));
          default -> KEPT.contains(name) ? col(name) : when(drop, null).otherwise(col(name));
        };
    return value.as(name);
  }
}
