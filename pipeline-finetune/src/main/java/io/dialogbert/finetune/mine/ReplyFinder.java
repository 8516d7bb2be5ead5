package io.dialogbert.finetune.mine;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Turn;
import io.dialogbert.job.table.DialogueRows;
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
import org.apache.spark.sql.RowFactory;
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
          RowFactory.create(
              dialogue.lang(),
              dialogue.split(),
              dialogue.conversationId(),
              dialogue.turns().get(i + 1).speaker(),
              replies.get(i).rejection().map(Rejection::key).orElse(""),
              candidate.map(found -> found.key().toString()).orElse(""),
              candidate.map(Candidate::member).orElse(""),
              candidate
                  .map(found -> buckets(rules.words(query, dialogue.lang())))
                  .orElse(new Integer[0])));
    }
    return rows;
  }

  private static Integer[] buckets(List<String> words) {
    return words.stream().map(Contexts::bucket).toArray(Integer[]::new);
  }
}
