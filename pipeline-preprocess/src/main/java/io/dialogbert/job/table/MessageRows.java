package io.dialogbert.job.table;

import io.dialogbert.dialogue.Message;
import java.time.Instant;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The messages table: one row per message, ids pseudonymized, text normalized and masked. */
public final class MessageRows {
  public static final StructType SCHEMA =
      new StructType()
          .add("conversation_id", DataTypes.StringType, false)
          .add("message_id", DataTypes.StringType, false)
          .add("sender_id", DataTypes.StringType, false)
          .add("sent_at", DataTypes.TimestampType, false)
          .add("lang", DataTypes.StringType, false)
          .add("text", DataTypes.StringType, false)
          .add("source", DataTypes.StringType, false)
          .add("source_row", DataTypes.LongType, false);

  private static final RowMapping<Message> MAPPING =
      new RowMapping.Builder<Message>(SCHEMA)
          .set("conversation_id", Message::conversationId)
          .set("message_id", Message::messageId)
          .set("sender_id", Message::senderId)
          .set("sent_at", Message::sentAt)
          .set("lang", Message::lang)
          .set("text", Message::text)
          .set("source", Message::source)
          .set("source_row", Message::sourceRow)
          .build();

  private MessageRows() {}

  public static Row toRow(Message message) {
    return MAPPING.row(message);
  }

  public static Message fromRow(Row row) {
    return new Message(
        row.getString(row.fieldIndex("conversation_id")),
        row.getString(row.fieldIndex("message_id")),
        row.getString(row.fieldIndex("sender_id")),
        row.<Instant>getAs("sent_at"),
        row.getString(row.fieldIndex("lang")),
        row.getString(row.fieldIndex("text")),
        row.getString(row.fieldIndex("source")),
        row.getLong(row.fieldIndex("source_row")));
  }
}
