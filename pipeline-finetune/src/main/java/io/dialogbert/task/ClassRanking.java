package io.dialogbert.task;

import io.dialogbert.common.BadInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Ranks classes by their probability p, divided by a power of their prior: p / prior^a. The prior
 * is a class's share of the training examples. So a class that fits this text comes before one that
 * fits any text. Equal scores rank in the order of classes.
 *
 * @see <a href="https://arxiv.org/abs/1510.03055">Li et al. 2016, section 4.2</a>, whose anti-LM
 *     objective log p - a log prior is the same ranking
 */
public final class ClassRanking implements Serializable {
  /** a log prior, of each class. */
  private final double[] penalties;

  private ClassRanking(double[] penalties) {
    this.penalties = penalties;
  }

  /** Ranks by probability alone. */
  public static ClassRanking byProbability(int numClasses) {
    return new ClassRanking(new double[numClasses]);
  }

  /**
   * Ranks the classes of a task.
   *
   * @param exponent how much frequent classes are weakened, in [0, 1]
   * @param place where the task is from, for the message
   * @throws BadInputException if classes are to be ranked by their priors, and are not counted
   */
  public static ClassRanking of(TaskSpec spec, double exponent, String place) {
    if (exponent == 0) {
      return byProbability(spec.classes().size());
    }
    if (spec.classCounts().isEmpty()) {
      throw new BadInputException(
          place
              + " does not say how frequent its classes are; set prior-exponent = 0, or train on"
              + " task data of this version");
    }
    return withPrior(spec.classCounts(), exponent);
  }

  /**
   * Ranks with weaker frequent classes.
   *
   * @param classCounts training examples of each class; one is added to each, so that a class
   *     without examples has a prior
   * @param exponent a, in [0, 1]; 0 ranks by probability alone
   */
  public static ClassRanking withPrior(List<Long> classCounts, double exponent) {
    double all = classCounts.stream().mapToLong(count -> count + 1).sum();
    return new ClassRanking(
        classCounts.stream()
            .mapToDouble(count -> exponent * Math.log((count + 1) / all))
            .toArray());
  }

  /**
   * The classes with the greatest scores.
   *
   * @param probabilities [C]
   * @param n most classes to give
   * @param groupOf the group of a class; of each group only the best class is given. The identity
   *     gives every class
   * @return the best first; fewer than n if there are fewer groups
   * @throws IllegalArgumentException if there are not as many probabilities as classes
   */
  public List<Integer> top(float[] probabilities, int n, IntUnaryOperator groupOf) {
    if (probabilities.length != penalties.length) {
      throw new IllegalArgumentException(
          "%d probabilities of %d classes".formatted(probabilities.length, penalties.length));
    }
    double[] scores = new double[penalties.length];
    for (int c = 0; c < scores.length; c++) {
      scores[c] = Math.log(probabilities[c]) - penalties[c];
    }
    List<Integer> ranked =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer c) -> -scores[c]))
            .toList();
    Set<Integer> groups = new HashSet<>();
    List<Integer> top = new ArrayList<>();
    for (int c : ranked) {
      if (top.size() < n && groups.add(groupOf.applyAsInt(c))) {
        top.add(c);
      }
    }
    return top;
  }
}
