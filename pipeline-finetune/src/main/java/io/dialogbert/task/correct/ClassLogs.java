package io.dialogbert.task.correct;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How probable classes are, as logs. Of many classes, only the most probable ones are kept; the
 * others share the rest evenly.
 *
 * @param classes the kept ones, ascending
 * @param logs natural logs of their probabilities
 * @param rest log of what all others have together; negative infinity if there are none
 * @param numOthers number of the others
 */
public record ClassLogs(int[] classes, double[] logs, double rest, int numOthers)
    implements Serializable {
  /**
   * The probabilities of all classes.
   *
   * @param logits one for each class, of any scale; their softmax is kept
   * @param most number of classes to keep
   * @param also a class that is kept in any case
   */
  public static ClassLogs of(double[] logits, int most, int also) {
    double norm = logSum(logits);
    int[] kept = kept(logits, most, also);
    double[] logs = IntStream.of(kept).mapToDouble(c -> logits[c] - norm).toArray();
    boolean[] isKept = new boolean[logits.length];
    IntStream.of(kept).forEach(c -> isKept[c] = true);
    double[] others =
        IntStream.range(0, logits.length)
            .filter(c -> !isKept[c])
            .mapToDouble(c -> logits[c] - norm)
            .toArray();
    return new ClassLogs(kept, logs, logSum(others), others.length);
  }

  /** A class for certain. */
  public static ClassLogs certain(int c, int numClasses) {
    return new ClassLogs(new int[] {c}, new double[] {0}, Double.NEGATIVE_INFINITY, numClasses - 1);
  }

  /**
   * The mean of the logs of several judges of one row, normalized. A mean and no sum: the judges
   * have learned from much the same rows, so they are no independent witnesses.
   */
  public static ClassLogs pool(List<ClassLogs> judges, int most, int also) {
    int[] union =
        judges.stream().flatMapToInt(j -> IntStream.of(j.classes)).sorted().distinct().toArray();
    int numClasses = judges.get(0).numClasses();
    double[] logits = new double[union.length];
    double others = 0;
    for (ClassLogs judge : judges) {
      for (int i = 0; i < union.length; i++) {
        logits[i] += judge.log(union[i]) / judges.size();
      }
      others += judge.rest / judges.size();
    }
    return new ClassLogs(union, logits, others, numClasses - union.length)
        .normalized()
        .most(most, also);
  }

  int numClasses() {
    return classes.length + numOthers;
  }

  /** Log-probability of a class. */
  double log(int c) {
    int place = Arrays.binarySearch(classes, c);
    return place >= 0 ? logs[place] : restOfEach();
  }

  /** Probability of a class, in [0, 1]. */
  public double probability(int c) {
    return StrictMath.exp(log(c));
  }

  /** The most probable class; the first of several. */
  public int best() {
    int best = 0;
    for (int i = 1; i < logs.length; i++) {
      best = logs[i] > logs[best] ? i : best;
    }
    return classes[best];
  }

  private double restOfEach() {
    return numOthers == 0 ? Double.NEGATIVE_INFINITY : rest - StrictMath.log(numOthers);
  }

  /** Log of the sum over all classes. */
  double logSum() {
    double[] all = Arrays.copyOf(logs, logs.length + 1);
    all[logs.length] = rest;
    return logSum(all);
  }

  ClassLogs normalized() {
    double norm = logSum();
    double[] normalized = new double[logs.length];
    for (int i = 0; i < logs.length; i++) {
      normalized[i] = logs[i] - norm;
    }
    return new ClassLogs(classes, normalized, rest - norm, numOthers);
  }

  /** The probabilities to the power of an inverse temperature, normalized. */
  ClassLogs sharpened(double inverse) {
    double[] sharpened = new double[logs.length];
    for (int i = 0; i < logs.length; i++) {
      sharpened[i] = logs[i] * inverse;
    }
    double others =
        numOthers == 0
            ? Double.NEGATIVE_INFINITY
            : restOfEach() * inverse + StrictMath.log(numOthers);
    return new ClassLogs(classes, sharpened, others, numOthers).normalized();
  }

  /** Only the most probable classes, and a given one. */
  private ClassLogs most(int most, int also) {
    if (classes.length <= most) {
      return this;
    }
    int[] places = kept(logs, most, Arrays.binarySearch(classes, also));
    double[] all = new double[classes.length - places.length + 1];
    int next = 0;
    for (int i = 0; i < classes.length; i++) {
      if (Arrays.binarySearch(places, i) < 0) {
        all[next++] = logs[i];
      }
    }
    all[next] = rest;
    return new ClassLogs(
        IntStream.of(places).map(i -> classes[i]).toArray(),
        IntStream.of(places).mapToDouble(i -> logs[i]).toArray(),
        logSum(all),
        numOthers + next);
  }

  /** The places of the greatest values and of a given one, ascending; of equals the first. */
  private static int[] kept(double[] values, int most, int also) {
    if (values.length <= most) {
      return IntStream.range(0, values.length).toArray();
    }
    return IntStream.concat(
            IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -values[i]))
                .limit(most)
                .mapToInt(i -> i),
            IntStream.of(also))
        .sorted()
        .distinct()
        .toArray();
  }

  /** Log of a sum of exponentials; negative infinity for none. */
  private static double logSum(double[] values) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      max = Math.max(max, value);
    }
    if (max == Double.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    for (double value : values) {
      sum += StrictMath.exp(value - max);
    }
    return max + StrictMath.log(sum);
  }
}
