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
 * @param pooled what the checkers of all rounds said together; null before the first
 * @param posterior the probabilities of its classes after the last round; null before the first
 */
record LabeledRow(
    String exampleId,
    int[] first,
    int[] second,
    int given,
    Verdict verdict,
    int round,
    ClassLogs pooled,
    ClassLogs posterior)
    implements Serializable {
  /** A row before the first round. */
  static LabeledRow of(String exampleId, int[] first, int[] second, int given) {
    Verdict none = new Verdict(given, Verdict.Kind.KEEP);
    return new LabeledRow(exampleId, first, second, given, none, 0, null, null);
  }

  /** The label after the last round. */
  int label() {
    return label(verdict);
  }

  private int label(Verdict of) {
    return of.kind() == Verdict.Kind.CORRECT ? of.label() : given;
  }

  /** This row after a round. */
  LabeledRow after(int last, Verdict decided, ClassLogs said, ClassLogs thought) {
    int since = label(decided) == given ? 0 : label(decided) == label() ? round : last;
    return new LabeledRow(exampleId, first, second, given, decided, since, said, thought);
  }
}
