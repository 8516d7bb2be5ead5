package io.dialogbert.model;

/**
 * Losses and hits of masked-LM and next-sentence prediction, as sums, so that batches add up.
 *
 * @param mlmLossSum cross-entropy in nats, summed over masked positions
 * @param mlmCount number of masked positions
 * @param mlmCorrect positions where the original token had the highest logit
 * @param nspLossSum cross-entropy in nats, summed over sequences
 * @param nspCorrect sequences whose label had the higher logit
 * @param sequences number of sequences
 */
public record PretrainingScore(
    double mlmLossSum,
    long mlmCount,
    long mlmCorrect,
    double nspLossSum,
    long nspCorrect,
    long sequences) {
  /** The score of nothing, to add to. */
  public static final PretrainingScore ZERO = new PretrainingScore(0, 0, 0, 0, 0, 0);

  public PretrainingScore plus(PretrainingScore other) {
    return new PretrainingScore(
        mlmLossSum + other.mlmLossSum,
        mlmCount + other.mlmCount,
        mlmCorrect + other.mlmCorrect,
        nspLossSum + other.nspLossSum,
        nspCorrect + other.nspCorrect,
        sequences + other.sequences);
  }

  /** Mean masked-LM loss per masked position in nats; 0 where nothing was masked. */
  public double mlmLoss() {
    return mean(mlmLossSum, mlmCount);
  }

  /** Share of masked positions predicted right, in [0, 1]. */
  public double mlmAccuracy() {
    return mean((double) mlmCorrect, mlmCount);
  }

  /** Mean next-sentence loss per sequence in nats. */
  public double nspLoss() {
    return mean(nspLossSum, sequences);
  }

  /** Share of sequences whose next-sentence label was predicted right, in [0, 1]. */
  public double nspAccuracy() {
    return mean((double) nspCorrect, sequences);
  }

  /** What training minimizes: {@link #mlmLoss} + {@link #nspLoss}. */
  public double loss() {
    return mlmLoss() + nspLoss();
  }

  private static double mean(double sum, long count) {
    return count == 0 ? 0 : sum / count;
  }
}
