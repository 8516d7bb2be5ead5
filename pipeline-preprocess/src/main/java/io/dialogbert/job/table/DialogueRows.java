package io.dialogbert.job.table;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Turn;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
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

  private static final RowMapping<Turn> TURN_MAPPING =
      new RowMapping.Builder<Turn>(TURN)
          .set("speaker", Turn::speaker)
          .set("text", Turn::text)
          .set("message_ids", turn -> turn.messageIds().toArray(String[]::new))
          .build();

  private static final RowMapping<Dialogue> MAPPING =
      new RowMapping.Builder<Dialogue>(SCHEMA)
          .set("dialogue_id", Dialogue::dialogueId)
          .set("conversation_id", Dialogue::conversationId)
          .set("lang", Dialogue::lang)
          .set("split", Dialogue::split)
          .set("started_at", Dialogue::startedAt)
          .set("turns", dialogue -> turnsToRows(dialogue.turns()))
          .build();

  private DialogueRows() {}

  public static Row toRow(Dialogue dialogue) {
    return MAPPING.row(dialogue);
  }

  /** The values of the column {@code turns}. */
  public static Row[] turnsToRows(List<Turn> turns) {
    return turns.stream().map(TURN_MAPPING::row).toArray(Row[]::new);
  }

  public static Dialogue fromRow(Row row) {
    return new Dialogue(
        row.getString(row.fieldIndex("dialogue_id")),
        row.getString(row.fieldIndex("conversation_id")),
        row.getString(row.fieldIndex("lang")),
        row.getString(row.fieldIndex("split")),
        row.<Instant>getAs("started_at"),
        turnsFromRows(row.getList(row.fieldIndex("turns"))));
  }

  /** The turns in the values of the column {@code turns}. */
  public static List<Turn> turnsFromRows(List<Row> turns) {
    return turns.stream()
        .map(
            turn ->
                new Turn(
                    turn.getAs("speaker"),
                    turn.getAs("text"),
                    turn.getList(turn.fieldIndex("message_ids"))))
        .toList();
  }
}
