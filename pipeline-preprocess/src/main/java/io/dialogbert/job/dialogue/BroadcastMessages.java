package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Messages with the same text that one sender sent to many conversations: advertisements and other
 * circulars. Only 64-bit hashes of sender and text, and of conversations, are shuffled. A chance
 * collision matters only if the colliding texts together reach as many conversations.
 */
final class BroadcastMessages {
  /** The hash of sender and text. */
  private static final Column KEY = xxhash64(col("sender_id"), col("text"));

  /** What a day keeps of its messages: in which conversations a sender sent a text. */
  static final StructType SENT =
      new StructType()
          .add("broadcast", DataTypes.LongType)
          .add("conversation", DataTypes.LongType)
          .add("sender_id", DataTypes.StringType);

  private static final String[] USING = {"broadcast"};

  /** The hash of sender and text, and the number of messages with it. */
  private final Dataset<Row> keys;

  private final long numMessages;

  /**
   * Finds the broadcast messages.
   *
   * @param maxConversations maximum number of conversations to which a sender may send one text; 0
   *     disables the search
   * @param minLength shortest text to consider, in code points; anyone may send a shorter one to
   *     anyone
   * @param earlier what earlier days keep, as {@link #sent}; their conversations count, too
   */
  BroadcastMessages(
      Dataset<Row> messages, int maxConversations, int minLength, Optional<Dataset<Row>> earlier) {
    Dataset<Row> now =
        considered(messages.filter(lit(maxConversations > 0)), minLength)
            .groupBy("broadcast", "conversation")
            .agg(count(lit(1)).as("messages"));
    Dataset<Row> all =
        earlier
            .map(
                sent ->
                    now.union(
                        sent.join(now.select("broadcast").distinct(), USING, "left_semi")
                            .select(col("broadcast"), col("conversation"), lit(0L))))
            .map(
                counted ->
                    counted
                        .groupBy("broadcast", "conversation")
                        .agg(sum("messages").as("messages")))
            .orElse(now);
    keys =
        all.groupBy("broadcast")
            .agg(sum("messages").as("messages"), count(lit(1)).as("conversations"))
            .filter(col("conversations").gt(maxConversations))
            .select("broadcast", "messages")
            .persist(StorageLevel.DISK_ONLY());
    Row total = keys.agg(sum("messages")).first();
    numMessages = total.isNullAt(0) ? 0 : total.getLong(0);
  }

  private static Dataset<Row> considered(Dataset<Row> messages, int minLength) {
    return messages
        .filter(length(col("text")).geq(minLength))
        .select(
            KEY.as("broadcast"),
            xxhash64(col("conversation_id")).as("conversation"),
            col("sender_id"));
  }

  /** The texts that may become broadcasts, with sender and conversation, each once. */
  static Dataset<Row> sent(Dataset<Row> messages, int minLength) {
    return considered(messages, minLength).distinct();
  }

  /** The number of broadcast messages. */
  long numMessages() {
    return numMessages;
  }

  /** Keeps only the other messages. */
  Dataset<Row> removeFrom(Dataset<Row> messages) {
    return numMessages == 0
        ? messages
        : messages.join(keys, KEY.equalTo(col("broadcast")), "left_anti");
  }
}
