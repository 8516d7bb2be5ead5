package io.dialogbert.finetune.objective;

/** Softmax. */
public final class Probabilities {
  private Probabilities() {}

  /**
   * Probabilities of classes.
   *
   * @param logits float32 [C]
   * @return float32 [C], each in [0, 1]
   */
  public static float[] of(float[] logits) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      greatest = Math.max(greatest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - greatest);
    }
    float[] probabilities = new float[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = (float) (Math.exp(logits[c] - greatest) / sum);
    }
    return probabilities;
  }
}
