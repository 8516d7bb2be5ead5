package io.dialogbert.job.table;

import io.dialogbert.example.TokenizedDialogue;
import java.util.List;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Dialogues as token ids, the step between tokenizing and building examples. */
public final class TokenizedRows {
  public static final StructType SCHEMA =
      new StructType()
          .add("dialogue_id", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false)
          .add(
              "turns",
              DataTypes.createArrayType(
                  DataTypes.createArrayType(DataTypes.IntegerType, false), false),
              false);

  public static final Encoder<Row> ENCODER = ArrayRows.encoder(SCHEMA);

  private TokenizedRows() {}

  public static Row toRow(TokenizedDialogue dialogue) {
    return RowFactory.create(
        dialogue.dialogueId(),
        dialogue.lang(),
        dialogue.split(),
        dialogue.turns().toArray(int[][]::new));
  }

  /** The dialogue of a row that starts with the columns of {@link #SCHEMA}. */
  public static TokenizedDialogue fromRow(Row row) {
    return new TokenizedDialogue(
        row.getString(0), row.getString(1), row.getString(2), List.of((int[][]) row.get(3)));
  }
}
