package io.dialogbert.model.head;

import java.io.Serializable;
import java.util.Map;

/**
 * Sums of the losses and hits of masked-LM and next-sentence prediction; scores of several batches
 * can be added.
 *
 * @param mlmLossSum cross-entropy in nats, summed over masked positions
 * @param mlmCount number of masked positions
 * @param mlmCorrect number of positions where the original token had the highest logit
 * @param nspLossSum cross-entropy in nats, summed over pairs
 * @param nspCorrect number of pairs whose label had the higher logit
 * @param pairs number of sequences with a next-sentence label
 * @param sequences number of sequences
 */
public record PretrainingScore(
    double mlmLossSum,
    long mlmCount,
    long mlmCorrect,
    double nspLossSum,
    long nspCorrect,
    long pairs,
    long sequences)
    implements Serializable {
  /** The score of no sequences, to start a sum from. */
  public static final PretrainingScore ZERO = new PretrainingScore(0, 0, 0, 0, 0, 0, 0);

  public PretrainingScore plus(PretrainingScore other) {
    return new PretrainingScore(
        mlmLossSum + other.mlmLossSum,
        mlmCount + other.mlmCount,
        mlmCorrect + other.mlmCorrect,
        nspLossSum + other.nspLossSum,
        nspCorrect + other.nspCorrect,
        pairs + other.pairs,
        sequences + other.sequences);
  }

  /** Mean masked-LM loss per masked position in nats; 0 where nothing was masked. */
  public double mlmLoss() {
    return mean(mlmLossSum, mlmCount);
  }

  /** Share of masked positions predicted correctly, in [0, 1]. */
  public double mlmAccuracy() {
    return mean((double) mlmCorrect, mlmCount);
  }

  /** Mean next-sentence loss per pair in nats; 0 without pairs. */
  public double nspLoss() {
    return mean(nspLossSum, pairs);
  }

  /**
   * Share of pairs whose next-sentence label was predicted correctly, in [0, 1]; means nothing if
   * {@link #pairs} is 0.
   */
  public double nspAccuracy() {
    return mean((double) nspCorrect, pairs);
  }

  /** The losses by name; the next-sentence loss only if there are pairs. */
  public Map<String, Double> losses() {
    return pairs == 0
        ? Map.of("mlm_loss", mlmLoss())
        : Map.of("mlm_loss", mlmLoss(), "nsp_loss", nspLoss());
  }

  /** The loss that training minimizes: {@link #mlmLoss} + {@link #nspLoss}. */
  public double loss() {
    return mlmLoss() + nspLoss();
  }

  private static double mean(double sum, long count) {
    return count == 0 ? 0 : sum / count;
  }
}
