package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Messages with the same text that one sender sent to many conversations: advertisements and other
 * circulars. Only 64-bit hashes of sender and text, and of conversations, are shuffled. A chance
 * collision matters only if the colliding texts together reach as many conversations.
 */
final class BroadcastMessages {
  private static final Column KEY = xxhash64(col("sender_id"), col("text"));

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
   */
  BroadcastMessages(Dataset<Row> messages, int maxConversations, int minLength) {
    keys =
        messages
            .filter(lit(maxConversations > 0).and(length(col("text")).geq(minLength)))
            .select(KEY.as("broadcast"), xxhash64(col("conversation_id")).as("conversation"))
            .groupBy("broadcast", "conversation")
            .agg(count(lit(1)).as("messages"))
            .groupBy("broadcast")
            .agg(sum("messages").as("messages"), count(lit(1)).as("conversations"))
            .filter(col("conversations").gt(maxConversations))
            .select("broadcast", "messages")
            .persist(StorageLevel.DISK_ONLY());
    Row total = keys.agg(sum("messages")).first();
    numMessages = total.isNullAt(0) ? 0 : total.getLong(0);
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
