package io.dialogbert.job.table;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Turn;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The dialogues table: one row per session of a conversation. */
public final class DialogueRows {
  private static final StructType TURN =
      new StructType()
          .add("speaker", DataTypes.StringType, false)
          .add("text", DataTypes.StringType, false)
          .add("message_ids", DataTypes.createArrayType(DataTypes.StringType, false), false);

  public static final StructType SCHEMA =
      new StructType()
          .add("dialogue_id", DataTypes.StringType, false)
          .add("conversation_id", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false)
          .add("started_at", DataTypes.TimestampType, false)
          .add("turns", DataTypes.createArrayType(TURN, false), false);

  private DialogueRows() {}

  /** The values of a row, in the order of {@link #SCHEMA}. */
  public static Object[] values(Dialogue dialogue) {
    Row[] turns =
        dialogue.turns().stream()
            .map(
                turn ->
                    RowFactory.create(
                        turn.speaker(), turn.text(), turn.messageIds().toArray(String[]::new)))
            .toArray(Row[]::new);
    return new Object[] {
      dialogue.dialogueId(),
      dialogue.conversationId(),
      dialogue.lang(),
      dialogue.split(),
      dialogue.startedAt(),
      turns
    };
  }

  public static Dialogue fromRow(Row row) {
    List<Row> turns = row.getList(row.fieldIndex("turns"));
    return new Dialogue(
        row.getString(row.fieldIndex("dialogue_id")),
        row.getString(row.fieldIndex("conversation_id")),
        row.getString(row.fieldIndex("lang")),
        row.getString(row.fieldIndex("split")),
        row.<Instant>getAs("started_at"),
        turns.stream()
            .map(turn -> new Turn(turn.getString(0), turn.getString(1), turn.getList(2)))
            .toList());
  }
}
