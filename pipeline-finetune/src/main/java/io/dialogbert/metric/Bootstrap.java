package io.dialogbert.metric;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * Percentile bootstrap: how far a metric moves if the test examples are drawn again.
 *
 * @param numResamples number of draws with replacement, at least 1
 * @param confidence share of resamples that the interval covers, in (0, 1)
 * @param seed the same seed gives the same interval
 * @see <a href="https://doi.org/10.1214/aos/1176344552">Efron 1979</a>
 */
public record Bootstrap(int numResamples, double confidence, long seed) {
  public Bootstrap {
    if (numResamples < 1 || !(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "%d resamples must be at least 1, and confidence %s must be between 0 and 1"
              .formatted(numResamples, confidence));
    }
  }

  /**
   * The interval of a metric. Draw whole queries or dialogues where examples depend on each other.
   *
   * @param items what is drawn, at least one
   * @param metric of as many drawn items; NaN where it is undefined, for example without a positive
   */
  public <T> Interval interval(List<T> items, ToDoubleFunction<List<T>> metric) {
    Checks.notEmpty(items.size());
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[numResamples];
    for (int i = 0; i < numResamples; i++) {
      values[i] =
          metric.applyAsDouble(
              IntStream.range(0, items.size())
                  .mapToObj(j -> items.get(random.nextInt(items.size())))
                  .toList());
    }
    double[] defined = Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
    Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
    percentile.setData(defined);
    double tail = 50 * (1 - confidence);
    return new Interval(
        percentile.evaluate(tail), percentile.evaluate(100 - tail), numResamples - defined.length);
  }

  /**
   * Bounds of a metric.
   *
   * @param low NaN if no resample has a defined metric, like {@code high}
   * @param numUndefined resamples without a defined metric; the bounds are those of the others
   */
  public record Interval(double low, double high, int numUndefined) {}
}
