package io.dialogbert.task.correct;

import java.io.Serializable;

/**
 * What a row's class is, by its checkers, its given label and, if it has a say, the history of its
 * label: b(k) is proportional to prior(k)^h softmax(s / T)(k) Q(given | k)^w, where s are the
 * checkers' pooled logs.
 *
 * @param temperature T, above 0
 * @param channel Q: the probability of a given label for each true class
 * @param channelWeight w. Checkers learn from given labels, so what they say has a part of the
 *     channel in it already
 * @param history P(C_t | C_(t-1)): how labels moved in the round before
 * @param historyWeight h; 0 if the history has no say
 */
public record NoiseModel(
    double temperature,
    Transitions channel,
    double channelWeight,
    Transitions history,
    double historyWeight)
    implements Serializable {
  /** The probabilities of a row's true class. */
  public ClassLogs posterior(LabelEvidence row) {
    ClassLogs posterior = joint(row, channelWeight).normalized();
    return historyWeight == 0 || row.before() == null
        ? posterior
        : withPrior(posterior, row.before()).normalized();
  }

  /** Log of the probability of the row's given label. */
  double logLikelihood(LabelEvidence row) {
    return joint(row, 1).logSum();
  }

  /** Checkers and channel, not normalized; at weight 1 the sum is the probability of the label. */
  ClassLogs joint(LabelEvidence row, double weight) {
    ClassLogs checkers = row.pooled().sharpened(1 / temperature);
    double[] logs = checkers.logs().clone();
    for (int i = 0; i < logs.length; i++) {
      logs[i] += weight * StrictMath.log(channel.probability(checkers.classes()[i], row.given()));
    }
    double rest =
        checkers.rest() + weight * StrictMath.log(channel.probabilityFromOthers(row.given()));
    return new ClassLogs(checkers.classes(), logs, rest, checkers.numOthers());
  }

  private ClassLogs withPrior(ClassLogs posterior, ClassLogs before) {
    double[] logs = posterior.logs().clone();
    double left = 1;
    for (int i = 0; i < logs.length; i++) {
      double prior = prior(posterior.classes()[i], before);
      left -= prior;
      logs[i] += historyWeight * StrictMath.log(prior);
    }
    // Of classes that are not kept, at least next to nothing is left after rounding.
    double rest = posterior.rest() + historyWeight * StrictMath.log(Math.max(left, 1e-12));
    return new ClassLogs(posterior.classes(), logs, rest, posterior.numOthers());
  }

  /** P(C_t = to), summed over what the row was thought to be before. */
  private double prior(int to, ClassLogs before) {
    double prior = StrictMath.exp(before.rest()) * history.probabilityFromOthers(to);
    for (int i = 0; i < before.classes().length; i++) {
      prior += StrictMath.exp(before.logs()[i]) * history.probability(before.classes()[i], to);
    }
    return prior;
  }
}
