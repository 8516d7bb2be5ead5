package io.dialogbert.sample;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A short exchange: who says what, in order.
 *
 * @param name unique in the grammar
 * @param steps played one after the other
 */
record Script(String name, List<Step> steps) {
  /** Where in a session a script can stand by itself. */
  enum Place {
    OPEN,
    TOPIC,
    ASIDE,
    CLOSE
  }

  /** Which conversations a script fits. */
  enum Fits {
    ALL,
    CASUAL,
    POLITE,
    GROUP
  }

  /**
   * A script that can begin an exchange.
   *
   * @param weight relative frequency among the entries of the same place
   */
  record Entry(Script script, double weight, Place place, Fits fits) {}

  /** A part of a script. */
  sealed interface Step {}

  /**
   * A line of one speaker.
   *
   * @param dependent whether the line is left out if the previous one was
   * @param speaker the role, or empty for a line by the messenger itself
   * @param literal whether the text stays as it is, without noise
   * @param prob probability that the line is said
   * @param messages one or more messages sent in a burst
   * @param reaction kind of reaction that the line prompts (word list {@code r.KIND}), or empty
   */
  record Say(
      boolean dependent,
      Optional<Role> speaker,
      boolean literal,
      double prob,
      List<Template> messages,
      Optional<String> reaction)
      implements Step {}

  /**
   * Continues with one of several scripts, keeping the bound values.
   *
   * @param targets names of scripts; {@code "."} ends the exchange
   * @param cumulativeWeights running sums of the targets' weights
   */
  record Continue(List<String> targets, List<Double> cumulativeWeights) implements Step {
    String draw(SplittableRandom random) {
      double at = random.nextDouble() * cumulativeWeights.get(cumulativeWeights.size() - 1);
      int chosen = 0;
      while (chosen < targets.size() - 1 && cumulativeWeights.get(chosen) <= at) {
        chosen++;
      }
      return targets.get(chosen);
    }
  }
}
