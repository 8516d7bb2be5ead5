package io.dialogbert.train;

/**
 * Detects a round that went wrong: its loss is not finite, or it spiked.
 *
 * @param spikeFactor a loss above this multiple of the usual one is a spike; 0 for no limit
 * @param usual exponential moving average of the losses of earlier rounds; 0 before the first
 */
record LossGuard(double spikeFactor, double usual) {
  private static final double DECAY = 0.9;

  boolean accepts(double loss) {
    boolean spikes = spikeFactor > 0 && usual > 0 && loss > spikeFactor * usual;
    return Double.isFinite(loss) && !spikes;
  }

  /** The usual loss after an accepted round. */
  double smoothed(double loss) {
    return usual == 0 ? loss : DECAY * usual + (1 - DECAY) * loss;
  }
}
