package io.dialogbert.finetune.mine;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Turn;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.reaction.Candidate;
import io.dialogbert.reaction.Contexts;
import io.dialogbert.reaction.ReactionRules;
import io.dialogbert.reaction.Rejection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds the replies of dialogues: all turns except the first.
 *
 * @param harmful regular expressions of more harmful replies
 */
record ReplyFinder(List<String> harmful) implements MapPartitionsFunction<Row, Row> {
  /** {@code contexts} holds the bucket of each content word of the turn before. */
  static final StructType SCHEMA =
      new StructType()
          .add("lang", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false)
          .add("conversation", DataTypes.StringType, false)
          .add("sender", DataTypes.StringType, false)
          .add("rejection", DataTypes.StringType, false)
          .add("key", DataTypes.StringType, false)
          .add("member", DataTypes.StringType, false)
          .add("contexts", DataTypes.createArrayType(DataTypes.IntegerType, false), false);

  /**
   * @param candidate what is counted; empty for a rejected reply
   * @param contexts see {@link #SCHEMA}
   */
  private record Found(
      Dialogue dialogue,
      String sender,
      ReactionRules.Reply reply,
      Optional<Candidate> candidate,
      Integer[] contexts) {}

  private static final RowMapping<Found> MAPPING =
      new RowMapping.Builder<Found>(SCHEMA)
          .set("lang", found -> found.dialogue().lang())
          .set("split", found -> found.dialogue().split())
          .set("conversation", found -> found.dialogue().conversationId())
          .set("sender", Found::sender)
          .set("rejection", found -> found.reply().rejection().map(Rejection::key).orElse(""))
          .set("key", found -> found.candidate().map(c -> c.key().toString()).orElse(""))
          .set("member", found -> found.candidate().map(Candidate::member).orElse(""))
          .set("contexts", Found::contexts)
          .build();

  @Override
  public Iterator<Row> call(Iterator<Row> dialogues) {
    ReactionRules rules = new ReactionRules(harmful);
    Iterable<Row> rows = () -> dialogues;
    return StreamSupport.stream(rows.spliterator(), false)
        .flatMap(row -> replies(DialogueRows.fromRow(row), rules).stream())
        .iterator();
  }

  private static List<Row> replies(Dialogue dialogue, ReactionRules rules) {
    List<String> turns = dialogue.turns().stream().map(Turn::text).toList();
    List<ReactionRules.Reply> replies = rules.replies(turns, dialogue.lang());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      Optional<Candidate> candidate = replies.get(i).candidate();
      String query = turns.get(i);
      rows.add(
          MAPPING.row(
              new Found(
                  dialogue,
                  dialogue.turns().get(i + 1).speaker(),
                  replies.get(i),
                  candidate,
                  candidate
                      .map(found -> buckets(rules.words(query, dialogue.lang())))
                      .orElse(new Integer[0]))));
    }
    return rows;
  }

  private static Integer[] buckets(List<String> words) {
    return words.stream().map(Contexts::bucket).toArray(Integer[]::new);
  }
}
