package io.dialogbert.finetune.index;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Turn;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.reaction.ReactionRules;
import io.dialogbert.reaction.Rejection;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Finds the turns of dialogues, each with the turn that it answers. */
final class TurnFinder implements MapPartitionsFunction<Row, Row>, Serializable {
  /**
   * {@code query} is the turn before; it is null for a dialogue's first turn, and if the turn
   * before is rejected or the same text. {@code rejection} is empty for a turn that may be shown.
   */
  static final StructType SCHEMA =
      new StructType()
          .add("lang", DataTypes.StringType, false)
          .add("text", DataTypes.StringType, false)
          .add("sender", DataTypes.StringType, false)
          .add("is_reply", DataTypes.BooleanType, false)
          .add("query", DataTypes.StringType, true)
          .add("rejection", DataTypes.StringType, false);

  /**
   * @param query see {@link #SCHEMA}
   */
  private record Found(
      Dialogue dialogue, Turn turn, boolean isReply, String query, Optional<Rejection> rejection) {}

  private static final RowMapping<Found> MAPPING =
      new RowMapping.Builder<Found>(SCHEMA)
          .set("lang", found -> found.dialogue().lang())
          .set("text", found -> found.turn().text())
          .set("sender", found -> found.turn().speaker())
          .set("is_reply", Found::isReply)
          .set("query", Found::query)
          .set("rejection", found -> found.rejection().map(Rejection::key).orElse(""))
          .build();

  @Override
  public Iterator<Row> call(Iterator<Row> dialogues) {
    ReactionRules rules = new ReactionRules(List.of());
    Iterable<Row> rows = () -> dialogues;
    return StreamSupport.stream(rows.spliterator(), false)
        .flatMap(row -> turns(DialogueRows.fromRow(row), rules).stream())
        .iterator();
  }

  private static List<Row> turns(Dialogue dialogue, ReactionRules rules) {
    boolean threatening =
        dialogue.turns().stream().anyMatch(turn -> rules.isThreat(turn.text(), dialogue.lang()));
    List<Row> rows = new ArrayList<>();
    String query = null;
    for (Turn turn : dialogue.turns()) {
      Optional<Rejection> rejection =
          threatening
              ? Optional.of(Rejection.THREAT)
              : rejection(turn.text(), dialogue.lang(), rules);
      rows.add(
          MAPPING.row(
              new Found(
                  dialogue,
                  turn,
                  !rows.isEmpty(),
                  turn.text().equals(query) ? null : query,
                  rejection)));
      query = rejection.isPresent() ? null : turn.text();
    }
    return rows;
  }

  private static Optional<Rejection> rejection(String text, String lang, ReactionRules rules) {
    if (Stream.of(PiiKind.values()).anyMatch(kind -> text.contains(kind.placeholder()))) {
      return Optional.of(Rejection.PERSONAL_DATA);
    }
    return rules.isHarmful(text, lang) ? Optional.of(Rejection.HARMFUL) : Optional.empty();
  }
}
