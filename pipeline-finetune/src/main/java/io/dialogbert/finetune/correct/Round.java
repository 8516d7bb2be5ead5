package io.dialogbert.finetune.correct;

import io.dialogbert.task.correct.ClassLogs;
import io.dialogbert.task.correct.Folds;
import io.dialogbert.task.correct.Verdict;
import java.io.Serializable;
import java.util.stream.DoubleStream;

/**
 * A round: who checks whom, and what checkers learn.
 *
 * @param number from 1
 * @param learnsSoftly whether checkers learn the probabilities that the last round gave, of all
 *     rows, instead of the labels that are not flagged
 */
record Round(int number, Folds folds, boolean learnsSoftly) implements Serializable {
  /** What a checker learns from a row. */
  record Target(int[] classes, double[] shares) {}

  int chunk(LabeledRow row) {
    return folds.chunk(number, row.first(), row.second());
  }

  /** Whether a checker never sees a row, and judges it. */
  boolean judges(int checker, LabeledRow row) {
    return folds.judges(checker, chunk(row));
  }

  /** Whether the checkers that may see a row learn from it. */
  boolean isLesson(LabeledRow row) {
    return learnsSoftly || row.verdict().kind() != Verdict.Kind.FLAG;
  }

  /** What a row teaches; of its probabilities those of the classes that are kept. */
  Target target(LabeledRow row) {
    ClassLogs posterior = row.posterior();
    if (!learnsSoftly || posterior == null) {
      return new Target(new int[] {row.label()}, new double[] {1});
    }
    double[] shares = DoubleStream.of(posterior.logs()).map(StrictMath::exp).toArray();
    double sum = DoubleStream.of(shares).sum();
    return new Target(
        posterior.classes(), DoubleStream.of(shares).map(share -> share / sum).toArray());
  }
}
