package io.dialogbert.train;

/**
 * Tells a round that went wrong from one that did not: its loss is not finite, or a multiple of
 * what was usual.
 *
 * @param spikeFactor so many times the usual loss is too much; 0 for no limit
 * @param usual exponential mean of the losses of earlier rounds; 0 before the first
 */
record LossGuard(double spikeFactor, double usual) {
  private static final double DECAY = 0.9;

  boolean accepts(double loss) {
    boolean spikes = spikeFactor > 0 && usual > 0 && loss > spikeFactor * usual;
    return Double.isFinite(loss) && !spikes;
  }

  /** What is usual after a round that was accepted. */
  double smoothed(double loss) {
    return usual == 0 ? loss : DECAY * usual + (1 - DECAY) * loss;
  }
}
