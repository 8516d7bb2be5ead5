package io.dialogbert.finetune.correct;

import io.dialogbert.task.correct.ClassLogs;
import io.dialogbert.task.correct.Verdict;
import java.io.Serializable;

/**
 * A row of training and what has become of its label so far.
 *
 * @param given the label that it came with
 * @param verdict what was done with that after the last round
 * @param round the round in which the label became what it is; 0 if it is the given one
 * @param posterior the probabilities of its classes after the last round; null before the first
 */
record LabeledRow(
    String exampleId,
    int[] first,
    int[] second,
    int given,
    Verdict verdict,
    int round,
    ClassLogs posterior)
    implements Serializable {
  /** A row before the first round. */
  static LabeledRow of(String exampleId, int[] first, int[] second, int given) {
    return new LabeledRow(
        exampleId, first, second, given, new Verdict(given, Verdict.Kind.KEEP), 0, null);
  }

  /** The label after the last round. */
  int label() {
    return verdict.kind() == Verdict.Kind.CORRECT ? verdict.label() : given;
  }

  /** This row after a round. */
  LabeledRow after(int last, Verdict newVerdict, ClassLogs newPosterior) {
    LabeledRow next =
        new LabeledRow(exampleId, first, second, given, newVerdict, round, newPosterior);
    return next.label() == label()
        ? next
        : new LabeledRow(exampleId, first, second, given, newVerdict, last, newPosterior);
  }
}
