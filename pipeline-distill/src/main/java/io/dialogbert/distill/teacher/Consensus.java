package io.dialogbert.distill.teacher;

import java.io.Serializable;
import java.util.List;

/**
 * What several teachers say together: of classes, the mean of their probabilities at the student's
 * temperature; of scores, their mean.
 *
 * @param kind of the answers
 * @param temperature T, above 0
 */
record Consensus(AnswerTable.Kind kind, double temperature) implements Serializable {
  /**
   * The joint answer to an example. That of a single teacher is left as it is.
   *
   * @param answers of each teacher, at least one: logits [C] or scores [1]
   * @return logits whose softmax at T is the mean of the teachers' [C], or the mean score [1]
   */
  float[] of(List<float[]> answers) {
    if (answers.size() == 1) {
      return answers.get(0);
    }
    double[] sum = new double[answers.get(0).length];
    for (float[] answer : answers) {
      double[] shares = kind == AnswerTable.Kind.LOGITS ? probabilities(answer) : doubles(answer);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += shares[i] / answers.size();
      }
    }
    float[] joint = new float[sum.length];
    for (int i = 0; i < joint.length; i++) {
      joint[i] =
          (float)
              (kind == AnswerTable.Kind.LOGITS
                  // A probability that is too small for a double stays a number.
                  ? temperature * Math.log(Math.max(sum[i], Double.MIN_NORMAL))
                  : sum[i]);
    }
    return joint;
  }

  private double[] probabilities(float[] logits) {
    double[] shares = doubles(logits);
    double greatest = Double.NEGATIVE_INFINITY;
    for (double logit : shares) {
      greatest = Math.max(greatest, logit);
    }
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.exp((shares[i] - greatest) / temperature);
      sum += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
