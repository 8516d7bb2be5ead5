package io.dialogbert.distill.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class BatchesTest {
  private static final int SIZE = 3 * Batches.SIZE + 7;

  private long read;

  private Batches<Long, String> batches(int size) {
    return new Batches<>(
        count -> {
          List<Long> batch = LongStream.range(read, Math.min(size, read + count)).boxed().toList();
          read += batch.size();
          return batch;
        },
        batch -> batch.stream().map(number -> "made of " + number).toList());
  }

  @Test
  void holdsABatchAtATimeHoweverManyThereAre() {
    Batches<Long, String> batches = batches(SIZE);
    assertThat(read).as("nothing is read before it is asked for").isZero();
    for (int taken = 1; taken <= SIZE; taken++) {
      assertThat(batches.next()).isEqualTo("made of " + (taken - 1));
      assertThat(read - taken).isBetween(0L, Batches.SIZE - 1L);
    }
    assertThat(batches.hasNext()).isFalse();
    assertThat(read).isEqualTo(SIZE);
    assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void makesNothingOfNoExamples() {
    assertThat(batches(0).hasNext()).isFalse();
  }
}
