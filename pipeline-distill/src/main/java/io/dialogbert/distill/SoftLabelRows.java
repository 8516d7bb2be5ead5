package io.dialogbert.distill;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.task.TaskExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Function;
import org.apache.parquet.example.data.Group;
import org.apache.spark.sql.Row;

/**
 * Task rows with a teacher's logits as soft labels, in source order. Only one batch of logits is in
 * memory: with 1,384 classes they take 5 KiB per row, more than the rest of the row.
 */
final class SoftLabelRows implements Iterator<Row> {
  static final int BATCH = 64;

  /** A training example and the dialogues that it is from. */
  record SourceRow(TaskExample example, String[] dialogueIds) {
    static SourceRow decode(Group row) {
      return new SourceRow(TaskRows.decode(row), TaskRows.dialogueIds(row));
    }
  }

  /** Gives consecutive examples. */
  @FunctionalInterface
  interface Source {
    List<SourceRow> read(long from, int count) throws IOException;
  }

  private final Source source;
  private final long size;
  private final Function<List<TaskExample>, float[][]> teacher;
  private final Queue<Row> ready = new ArrayDeque<>();
  private long next;

  /**
   * Rows created lazily.
   *
   * @param size number of examples of the source
   * @param teacher gives [B][C] logits
   */
  SoftLabelRows(Source source, long size, Function<List<TaskExample>, float[][]> teacher) {
    this.source = source;
    this.size = size;
    this.teacher = teacher;
  }

  @Override
  public boolean hasNext() {
    return !ready.isEmpty() || next < size;
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (ready.isEmpty()) {
      predictNextBatch();
    }
    return ready.remove();
  }

  private void predictNextBatch() {
    List<SourceRow> rows;
    try {
      rows = source.read(next, (int) Math.min(BATCH, size - next));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    float[][] logits = teacher.apply(rows.stream().map(SourceRow::example).toList());
    for (int i = 0; i < logits.length; i++) {
      SourceRow row = rows.get(i);
      ready.add(
          TaskRows.toRow(
              row.example().withTeacherLogits(logits[i]), row.dialogueIds(), Splits.TRAIN));
    }
    next += rows.size();
  }
}
