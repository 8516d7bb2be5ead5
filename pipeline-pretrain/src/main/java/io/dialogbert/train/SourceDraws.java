package io.dialogbert.train;

import io.dialogbert.common.Seeds;
import java.util.SplittableRandom;

/**
 * Draws one of several sources of examples for each batch. Which one depends only on the seed and
 * on the batch's number, so that a resumed training draws the same. Not thread-safe.
 *
 * @see <a href="https://arxiv.org/abs/1907.04829">Clark et al. 2019, BAM, where the power is
 *     0.75</a>
 */
public final class SourceDraws {
  private final double[] shares;
  private final double sum;
  private final int batchSize;
  private final SplittableRandom random;
  private final long[] batches;
  private long next;
  private int source;

  /**
   * A batch's source.
   *
   * @param source number of the source, from 0
   * @param position number of the examples that earlier batches took from it
   */
  public record Draw(int source, long position) {}

  /**
   * Draws from the start of training.
   *
   * @param sizes number of examples of each source
   * @param power of the size, in proportion to which a source is drawn: 1 takes all examples
   *     equally often, 0 all sources
   * @param batchSize number of examples in a batch
   */
  public SourceDraws(long[] sizes, double power, int batchSize, long seed) {
    this.shares = new double[sizes.length];
    double all = 0;
    for (int i = 0; i < sizes.length; i++) {
      shares[i] = Math.pow((double) sizes[i], power);
      all += shares[i];
    }
    this.sum = all;
    this.batchSize = batchSize;
    this.random = Seeds.of(seed, "sources");
    this.batches = new long[sizes.length];
  }

  /**
   * The source of a batch.
   *
   * @param position number of the examples before it in all of training, at least that of the last
   *     call
   */
  public Draw at(long position) {
    long batch = position / batchSize;
    if (batch < next - 1) {
      throw new IllegalArgumentException(
          "batch " + batch + " comes before the last one, " + (next - 1));
    }
    for (; next <= batch; next++) {
      source = draw();
      batches[source]++;
    }
    return new Draw(source, (batches[source] - 1) * batchSize + position % batchSize);
  }

  private int draw() {
    double left = random.nextDouble() * sum;
    int drawn = 0;
    while (drawn < shares.length - 1 && left >= shares[drawn]) {
      left -= shares[drawn++];
    }
    return drawn;
  }
}
