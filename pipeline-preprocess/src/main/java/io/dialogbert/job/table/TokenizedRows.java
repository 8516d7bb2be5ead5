package io.dialogbert.job.table;

import io.dialogbert.example.TokenizedDialogue;
import java.util.List;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Row;
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

  private static final RowMapping<TokenizedDialogue> MAPPING =
      new RowMapping.Builder<TokenizedDialogue>(SCHEMA)
          .set("dialogue_id", TokenizedDialogue::dialogueId)
          .set("lang", TokenizedDialogue::lang)
          .set("split", TokenizedDialogue::split)
          .set("turns", dialogue -> dialogue.turns().toArray(int[][]::new))
          .build();

  private TokenizedRows() {}

  public static Row toRow(TokenizedDialogue dialogue) {
    return MAPPING.row(dialogue);
  }

  /** The dialogue of a row with at least the columns of {@link #SCHEMA}. */
  public static TokenizedDialogue fromRow(Row row) {
    return new TokenizedDialogue(
        row.getAs("dialogue_id"),
        row.getAs("lang"),
        row.getAs("split"),
        List.of(row.<int[][]>getAs("turns")));
  }
}
