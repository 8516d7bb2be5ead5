package io.dialogbert.train;

/**
 * Detects a round that went wrong: its loss is not finite, or it spiked.
 *
 * @param spikeFactor a loss above this multiple of the smoothed one is a spike; 0 for no limit
 * @param smoothedLoss exponential moving average of the losses of earlier rounds; 0 before the
 *     first
 */
record LossGuard(double spikeFactor, double smoothedLoss) {
  private static final double DECAY = 0.9;

  boolean accepts(double loss) {
    boolean spikes = spikeFactor > 0 && smoothedLoss > 0 && loss > spikeFactor * smoothedLoss;
    return Double.isFinite(loss) && !spikes;
  }

  /** The smoothed loss after an accepted round. */
  double smoothed(double loss) {
    return smoothedLoss == 0 ? loss : DECAY * smoothedLoss + (1 - DECAY) * loss;
  }
}
