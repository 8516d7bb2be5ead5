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
 * Messages that one sender sent with the same text to many conversations: advertisements and other
 * circulars. Only 64-bit hashes of sender with text, and of conversations, are moved; two that
 * collide by chance would have to be sent to as many conversations to matter.
 */
final class BroadcastMessages {
  private static final Column KEY = xxhash64(col("sender_id"), col("text"));

  /** The hash of sender and text, and how many messages have it. */
  private final Dataset<Row> keys;

  private final long numMessages;

  /**
   * Looks for them.
   *
   * @param maxConversations to which a sender may send a text; 0 looks for none
   * @param minLength of a text in code points; shorter ones anyone may say to anyone
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

  /** How many messages they are. */
  long numMessages() {
    return numMessages;
  }

  /** The other messages. */
  Dataset<Row> removeFrom(Dataset<Row> messages) {
    return numMessages == 0
        ? messages
        : messages.join(keys, KEY.equalTo(col("broadcast")), "left_anti");
  }
}
