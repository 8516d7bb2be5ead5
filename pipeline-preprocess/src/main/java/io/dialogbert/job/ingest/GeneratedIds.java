package io.dialogbert.job.ingest;

import static org.apache.spark.sql.functions.base64;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.translate;
import static org.apache.spark.sql.functions.unhex;
import static org.apache.spark.sql.functions.when;

import io.dialogbert.privacy.Pseudonymizer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Makes ids unique that were generated from message content. Of identical messages, the first keeps
 * its id; the second, third and so on get new ids. Since they are identical, it does not matter
 * which files they come from: more files add ids but change none.
 */
final class GeneratedIds {
  private static final String NUMBER = "number_of_equals";
  private static final int HEX_DIGITS_OF_HALF = 32;
  private static final int SHA_BITS = 256;

  private GeneratedIds() {}

  /**
   * The same messages, with ids that are unique within a conversation.
   *
   * @param messages all messages of a conversation in one partition, which saves a shuffle
   */
  static Dataset<Row> makeUnique(Dataset<Row> messages) {
    Column number =
        row_number()
            .over(Window.partitionBy("conversation_id", "message_id").orderBy("source_row"));
    return messages
        .withColumn(NUMBER, number)
        .withColumn(
            "message_id",
            when(col(NUMBER).equalTo(1), col("message_id")).otherwise(idOf(col(NUMBER))))
        .drop(NUMBER);
  }

  /**
   * A new id with the length and characters of a pseudonym. It is derived from one, so it reveals
   * no more.
   */
  private static Column idOf(Column number) {
    Column hash = sha2(concat_ws("\n", col("message_id"), number).cast("binary"), SHA_BITS);
    Column base64 = base64(unhex(substring(hash, 1, HEX_DIGITS_OF_HALF)));
    return substring(translate(base64, "+/", "-_"), 1, Pseudonymizer.LENGTH);
  }
}
