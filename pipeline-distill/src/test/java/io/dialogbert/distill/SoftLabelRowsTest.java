package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.distill.SoftLabelRows.SourceRow;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.task.TaskExample;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

final class SoftLabelRowsTest {
  private static final int SIZE = 3 * SoftLabelRows.BATCH + 7;

  private long read;

  private SoftLabelRows rows(int size) {
    return new SoftLabelRows(this::read, size, SoftLabelRowsTest::logits);
  }

  private List<SourceRow> read(long from, int count) {
    assertThat(from).as("each example once, in order").isEqualTo(read);
    read += count;
    List<SourceRow> rows = new ArrayList<>();
    for (long i = from; i < from + count; i++) {
      int[] ids = {Math.toIntExact(10 + i)};
      rows.add(
          new SourceRow(
              TaskExample.ofText("dialogue-" + i + "-1", i % 2 == 0 ? "ko" : "ja", ids, 0),
              new String[] {"dialogue-" + i}));
    }
    return rows;
  }

  private static float[][] logits(List<TaskExample> examples) {
    return examples.stream()
        .map(example -> new float[] {example.first()[0], 0.5f})
        .toArray(float[][]::new);
  }

  @Test
  void holdsABatchAtATimeHoweverManyRowsThereAre() {
    SoftLabelRows rows = rows(SIZE);
    assertThat(read).as("nothing is read before it is asked for").isZero();
    for (int taken = 1; taken <= SIZE; taken++) {
      rows.next();
      assertThat(read - taken).isBetween(0L, SoftLabelRows.BATCH - 1L);
    }
    assertThat(rows.hasNext()).isFalse();
    assertThat(read).isEqualTo(SIZE);
    assertThatThrownBy(rows::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void keepsOrderLanguageAndDialoguesAndAddsWhatTheTeacherSays() {
    SoftLabelRows rows = rows(SIZE);
    for (int i = 0; i < SIZE; i++) {
      Row row = rows.next();
      assertThat(value(row, "example_id")).isEqualTo("dialogue-" + i + "-1");
      assertThat((String[]) value(row, "dialogue_ids")).containsExactly("dialogue-" + i);
      assertThat(value(row, "lang")).isEqualTo(i % 2 == 0 ? "ko" : "ja");
      assertThat(value(row, "split")).isEqualTo("train");
      assertThat((float[]) value(row, "teacher_logits")).containsExactly(10f + i, 0.5f);
    }
  }

  private static Object value(Row row, String column) {
    return row.get(TaskRows.SCHEMA.fieldIndex(column));
  }

  @Test
  void hasNoRowsOfNoExamples() {
    assertThat(rows(0).hasNext()).isFalse();
  }
}
