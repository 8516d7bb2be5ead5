package io.dialogbert.job.dialogue;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.size;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.DialogueBuilder;
import io.dialogbert.dialogue.DialogueConfig;
import io.dialogbert.dialogue.DialogueTally;
import io.dialogbert.dialogue.Message;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.MessageRows;
import io.dialogbert.job.table.PartitionAccumulator;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The sessions of a task's messages: a row is a dialogue, or the messages of one that may go on. A
 * dialogue has no open messages; where there are some, the columns of a dialogue mean nothing.
 */
final class SessionRows implements Iterator<Row> {
  private static final String OPEN = "open";

  static final StructType SCHEMA =
      DialogueRows.SCHEMA.add(OPEN, DataTypes.createArrayType(MessageRows.SCHEMA, false), false);

  private static final Row[] NONE = {};

  private final Iterator<Dialogue> dialogues;
  private final DialogueTally tally = new DialogueTally();
  private final PartitionAccumulator<DialogueTally> tallies;
  private final Queue<Row> ready = new ArrayDeque<>();

  /**
   * The sessions of sorted messages.
   *
   * @param end see {@link DialogueBuilder#build}
   * @param tallies receives the task's counts once all its messages are read
   */
  SessionRows(
      Iterator<Row> messages,
      DialogueConfig rules,
      Instant end,
      PartitionAccumulator<DialogueTally> tallies) {
    this.tallies = tallies;
    Iterator<Message> read =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return messages.hasNext();
          }

          @Override
          public Message next() {
            return MessageRows.fromRow(messages.next());
          }
        };
    dialogues =
        new DialogueBuilder(rules).build(read, tally, end, open -> ready.add(openRow(open)));
  }

  @Override
  public boolean hasNext() {
    // Looking for the next dialogue may find some that are open.
    if (ready.isEmpty() && dialogues.hasNext()) {
      ready.add(row(DialogueRows.toRow(dialogues.next()), NONE));
    }
    if (ready.isEmpty()) {
      tallies.add(Map.entry(TaskContext.getPartitionId(), tally));
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    return ready.remove();
  }

  private static Row openRow(List<Message> open) {
    Row none = RowFactory.create("", "", "", "", Instant.EPOCH, NONE);
    return row(none, open.stream().map(MessageRows::toRow).toArray(Row[]::new));
  }

  private static Row row(Row dialogue, Row[] open) {
    Stream.Builder<Object> values = Stream.builder();
    for (int i = 0; i < dialogue.size(); i++) {
      values.add(dialogue.get(i));
    }
    return RowFactory.create(values.add(open).build().toArray());
  }

  /** The dialogues among sessions. */
  static Dataset<Row> dialogues(Dataset<Row> sessions) {
    return sessions.filter(size(col(OPEN)).equalTo(0)).drop(OPEN);
  }

  /** The messages of those that may go on. */
  static Dataset<Row> open(Dataset<Row> sessions) {
    return sessions.select(explode(col(OPEN)).as("message")).select("message.*");
  }
}
