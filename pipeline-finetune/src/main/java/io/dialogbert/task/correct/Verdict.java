package io.dialogbert.task.correct;

import java.io.Serializable;
import java.util.function.IntToDoubleFunction;

/**
 * What is done with a row's label.
 *
 * @param label the class that it is most probably of
 * @param kind what is done
 */
public record Verdict(int label, Kind kind) implements Serializable {
  /** What is done with a label. */
  public enum Kind {
    /** It stays. */
    KEEP,
    /** It is replaced. */
    CORRECT,
    /** It is doubted, but nothing is sure enough to replace it. */
    FLAG
  }

  /**
   * The rules.
   *
   * @param fix another class replaces the given one from this probability
   * @param ambiguous a row whose most probable class is below this is flagged
   */
  public record Rules(double fix, double ambiguous) implements Serializable {
    public Rules {
      if (ambiguous > fix) {
        throw new IllegalArgumentException(
            "the probability below which labels are flagged, %s, must be at most that from which they are replaced, %s"
                .formatted(ambiguous, fix));
      }
    }

    /**
     * What is done with a row.
     *
     * @param sureness how sure the rows of a class usually are, where 1 is as sure as the rules
     *     assume; the rules for a class are scaled by it
     */
    public Verdict of(int given, ClassLogs posterior, IntToDoubleFunction sureness) {
      int best = posterior.best();
      double probability = posterior.probability(best);
      double scale = sureness.applyAsDouble(best);
      if (best != given && probability >= fix * scale) {
        return new Verdict(best, Kind.CORRECT);
      }
      return new Verdict(
          best, best != given || probability < ambiguous * scale ? Kind.FLAG : Kind.KEEP);
    }
  }
}
