package io.dialogbert.finetune.data;

import io.dialogbert.common.Seeds;
import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.task.ReactionKey;
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

/** Finds the contexts of a dialogue's replies. Serialized to the executors. */
final class ContextMiner implements Serializable {
  private final SerializedTokenizer tokenizer;
  private final TaskSpec spec;
  private final HashMap<TaskSpec.ClassName, Integer> labels = new HashMap<>();

  ContextMiner(SerializedTokenizer tokenizer, TaskSpec spec) {
    this.tokenizer = tokenizer;
    this.spec = spec;
    for (TaskSpec.ClassName name : spec.classes()) {
      labels.put(name, labels.size());
    }
  }

  /** The examples of a row of build-dialogues; none for replies of other classes. */
  Iterator<Row> mine(Row row) {
    Dialogue dialogue = DialogueRows.fromRow(row);
    Tokenizer encoder = tokenizer.tokenizer();
    Map<Integer, int[]> encoded = new HashMap<>();
    List<Row> examples = new ArrayList<>();
    for (int reply = 1; reply < dialogue.turns().size(); reply++) {
      String text = dialogue.turns().get(reply).text();
      Integer label = label(dialogue.lang(), text);
      if (label == null) {
        continue;
      }
      IntStream.Builder context = IntStream.builder();
      for (int turn = Math.max(0, reply - spec.layout().maxTurns()); turn < reply; turn++) {
        int[] ids =
            encoded.computeIfAbsent(
                turn, t -> encoder.encode(dialogue.turns().get(t).text(), dialogue.lang()));
        IntStream.of(ids).forEach(context);
        if (turn < reply - 1) {
          context.add(SpecialTokens.SEPT);
        }
      }
      boolean isPair = spec.kind().isPair();
      TaskExample example =
          new TaskExample(
              dialogue.dialogueId() + "-" + reply,
              dialogue.lang(),
              context.build().toArray(),
              isPair ? encoder.encode(text, dialogue.lang()) : new int[0],
              label,
              0,
              isPair ? key(text) : 0,
              new float[0]);
      examples.add(TaskRows.toRow(example, new String[] {dialogue.dialogueId()}, dialogue.split()));
    }
    return examples.iterator();
  }

  /** The class of a reply, -1 in a task without classes, or null if it has none of the classes. */
  private Integer label(String lang, String reply) {
    return spec.kind().hasClasses()
        ? labels.get(new TaskSpec.ClassName(lang, ReactionKey.of(reply)))
        : Integer.valueOf(-1);
  }

  /** Hash of a reply's letters and digits, in lower case; of all of it if it has none. */
  static int key(String reply) {
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
