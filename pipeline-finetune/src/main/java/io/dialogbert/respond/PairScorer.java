package io.dialogbert.respond;

import io.dialogbert.model.head.Softmax;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Scores suggestions anew, by a network that reads a text together with the context.
 *
 * @param score the score that a pair's outputs mean
 */
public record PairScorer(TextModel model, ToDoubleFunction<float[]> score) {
  /** Similarities that were learned in [0, 1]. */
  public static PairScorer ofScores(TextModel model) {
    return new PairScorer(model, outputs -> outputs[0]);
  }

  /** Probabilities of a class. */
  public static PairScorer ofClass(TextModel model, int classId) {
    return new PairScorer(model, logits -> Softmax.probabilities(logits)[classId]);
  }

  /** Fits of replies, of which only the order was learned, between 0 and 1. */
  public static PairScorer ofFits(TextModel model) {
    return new PairScorer(model, outputs -> 1 / (1 + Math.exp(-outputs[0])));
  }

  /**
   * The suggestions with new scores, the best first.
   *
   * @param found at least one
   */
  List<Suggestion> scoredAnew(
      List<Suggestion> found, Comparison comparison, Context context, Deadline deadline)
      throws TooSlowException {
    // A text that occurs several times is read once.
    List<String> texts = found.stream().map(comparison::text).distinct().toList();
    float[][] outputs = model.outputs(comparison.ids(model, context), texts, context, deadline);
    Map<String, Double> scoreOf = new HashMap<>();
    for (int i = 0; i < outputs.length; i++) {
      scoreOf.put(texts.get(i), score.applyAsDouble(outputs[i]));
    }
    List<Suggestion> scored = new ArrayList<>();
    for (Suggestion old : found) {
      scored.add(
          new Suggestion(old.text(), scoreOf.get(comparison.text(old)), old.query(), old.people()));
    }
    scored.sort(Comparator.comparing(Suggestion::score, Comparator.reverseOrder()));
    return scored;
  }
}
