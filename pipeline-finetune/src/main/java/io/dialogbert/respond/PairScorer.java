package io.dialogbert.respond;

import io.dialogbert.model.head.Softmax;
import java.util.List;
import java.util.OptionalInt;

/**
 * Scores how similar two queries are, reading both at once.
 *
 * @param model gives a score, or logits of classes
 * @param sameClass class of the pairs that are alike; empty if the model gives a score
 */
public record PairScorer(TextModel model, OptionalInt sameClass) {
  /**
   * Similarities of the turn to be answered and other texts: learned in [0, 1], or the probability
   * of the class.
   *
   * @param texts at least one
   * @return [B]
   */
  double[] scores(Context context, List<String> texts, Deadline deadline) throws TooSlowException {
    float[][] outputs = model.pairs(context, texts, deadline);
    double[] scores = new double[outputs.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] =
          sameClass.isPresent()
              ? Softmax.probabilities(outputs[i])[sameClass.getAsInt()]
              : outputs[i][0];
    }
    return scores;
  }
}
