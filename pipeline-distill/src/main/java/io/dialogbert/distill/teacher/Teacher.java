package io.dialogbert.distill.teacher;

import io.dialogbert.task.TaskExample;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/** Answers a task's training examples; sent to Spark tasks. */
interface Teacher extends Serializable {
  /**
   * Begins with a file of the examples. Its answers are asked for in the order of its rows, {@value
   * Batches#SIZE} at a time, so that they are the same whoever asks.
   *
   * @param file the file's place among those of the training split, from 0
   */
  Answers open(int file) throws IOException;

  /** Frees what it holds in the executors. */
  void dismiss();

  /** Answers a file's examples. */
  @FunctionalInterface
  interface Answers {
    /**
     * The answers to the next examples.
     *
     * @return for each example its logits [C], its score [1], or the vectors of both texts [2H]
     */
    float[][] to(List<TaskExample> examples) throws IOException;
  }
}
