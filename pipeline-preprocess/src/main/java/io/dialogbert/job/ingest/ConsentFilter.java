package io.dialogbert.job.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.dialogue.DropReason;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Finds the messages that the user lists exclude. The lists are joined with the participants of
 * each conversation, and the result with the messages; nothing is collected on the driver.
 */
final class ConsentFilter {
  /** The column with the reason: the label of a {@link DropReason}. */
  static final String REASON = "refused_for";

  private ConsentFilter() {}

  /**
   * What is excluded: the columns of {@link ConsentPolicy#key}, each combination once, and {@link
   * #REASON}.
   *
   * @param rows of {@link RowIngester}
   * @param consented {@code sender_id} of those who consented; if absent, everybody has
   * @param deletionRequested {@code sender_id} of those whose messages must be removed, with or
   *     without consent
   */
  static Dataset<Row> refused(
      Dataset<Row> rows,
      Optional<Dataset<Row>> consented,
      Optional<Dataset<Row>> deletionRequested,
      ConsentPolicy policy) {
    Dataset<Row> participants =
        rows.filter(col("sender_id").isNotNull()).select("conversation_id", "sender_id").distinct();
    Column refused = lit(null).cast("string");
    if (consented.isPresent()) {
      participants = flag(participants, consented.get(), "consented");
      refused = when(col("consented").isNull(), DropReason.NO_CONSENT.label());
    }
    if (deletionRequested.isPresent()) {
      participants = flag(participants, deletionRequested.get(), "deleted");
      refused = when(col("deleted"), DropReason.DELETION_REQUESTED.label()).otherwise(refused);
    }
    return participants
        .withColumn(REASON, refused)
        .filter(col(REASON).isNotNull())
        .groupBy(Stream.of(policy.key()).map(name -> col(name)).toArray(Column[]::new))
        // A deletion request is the stronger reason, and comes first in alphabetical order.
        .agg(min(REASON).as(REASON));
  }

  private static Dataset<Row> flag(Dataset<Row> participants, Dataset<Row> users, String name) {
    return participants.join(
        users.distinct().withColumn(name, lit(true)), new String[] {"sender_id"}, "left");
  }
}
