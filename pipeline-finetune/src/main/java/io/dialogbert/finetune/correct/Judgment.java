package io.dialogbert.finetune.correct;

import io.dialogbert.task.correct.ClassLogs;
import java.io.Serializable;

/**
 * What a checker says of a row that it has not seen.
 *
 * @param checker from 0
 */
record Judgment(int checker, ClassLogs logs) implements Serializable {
  /** Number of classes of a row whose probabilities are kept, besides that of its given label. */
  static final int MOST_CLASSES = 20;

  /**
   * The judgment that a checker's outputs are.
   *
   * @param logits [C]
   */
  static Judgment of(int checker, LabeledRow row, double[] logits) {
    return new Judgment(checker, ClassLogs.of(logits, MOST_CLASSES, row.given()));
  }
}
