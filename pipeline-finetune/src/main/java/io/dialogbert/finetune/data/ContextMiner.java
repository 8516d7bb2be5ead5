package io.dialogbert.finetune.data;

import io.dialogbert.common.Seeds;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/**
 * Finds the contexts of a dialogue's replies. Serialized to the executors.
 *
 * @param labels the classes of replies
 * @param seed chooses the examples with one turn
 * @param singleTurnShare share of the training examples, in [0, 1], whose context is one turn
 */
record ContextMiner(
    SerializedTokenizer tokenizer,
    TaskSpec spec,
    ReplyLabels labels,
    long seed,
    double singleTurnShare)
    implements Serializable {

  /** The examples of a row of build-dialogues; in a task with classes, of replies that have one. */
  Iterator<Row> mine(Row row) {
    Dialogue dialogue = DialogueRows.fromRow(row);
    Tokenizer encoder = tokenizer.tokenizer();
    int[] labelOf = labels.of(dialogue);
    boolean isPair = spec.kind().isPair();
    Map<Integer, int[]> encoded = new HashMap<>();
    List<Row> examples = new ArrayList<>();
    for (int reply = 1; reply < dialogue.turns().size(); reply++) {
      if (spec.kind().hasClasses() && labelOf[reply] == ReplyLabels.NONE) {
        continue;
      }
      String id = dialogue.dialogueId() + "-" + reply;
      int maxTurns = isShownAlone(dialogue.split(), id) ? 1 : spec.layout().maxTurns();
      IntStream.Builder context = IntStream.builder();
      for (int turn = Math.max(0, reply - maxTurns); turn < reply; turn++) {
        int[] ids =
            encoded.computeIfAbsent(
                turn, t -> encoder.encode(dialogue.turns().get(t).text(), dialogue.lang()));
        IntStream.of(ids).forEach(context);
        if (turn < reply - 1) {
          context.add(SpecialTokens.SEPT);
        }
      }
      String text = dialogue.turns().get(reply).text();
      TaskExample example =
          new TaskExample(
              id,
              dialogue.lang(),
              context.build().toArray(),
              isPair ? encoder.encode(text, dialogue.lang()) : new int[0],
              spec.kind().hasClasses() ? labelOf[reply] : ReplyLabels.NONE,
              0,
              isPair ? key(text, labelOf[reply]) : 0,
              new float[0]);
      examples.add(TaskRows.toRow(example, new String[] {dialogue.dialogueId()}, dialogue.split()));
    }
    return examples.iterator();
  }

  private boolean isShownAlone(String split, String id) {
    return split.equals(Splits.TRAIN) && Seeds.fraction(seed, "single-turn", id) < singleTurnShare;
  }

  /**
   * Hash of a reply's class. Of a reply without one, hash of its letters and digits, in lower case;
   * of all of it if it has none.
   */
  static int key(String reply, int label) {
    if (label != ReplyLabels.NONE) {
      return (int) Seeds.hash(0, "class", label);
    }
    String letters =
        reply
            .toLowerCase(Locale.ROOT)
            .codePoints()
            .filter(Character::isLetterOrDigit)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return (int) Seeds.hash(0, "reply", letters.isEmpty() ? reply : letters);
  }
}
