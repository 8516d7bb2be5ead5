package io.dialogbert.task.correct;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Fits temperature and channel to rows by expectation maximization (Dempster et al. 1977): how sure
 * checkers are when they are right is a single number, which maximizes the probability of the given
 * labels; the channel is how often they give each label to what each class seems to be.
 */
public final class NoiseFit {
  private static final int NUM_STEPS = 30;

  /** The temperature is fitted anew after so many steps, since it depends on the channel. */
  private static final int STEPS_OF_TEMPERATURE = 2;

  private static final double LEAST_TEMPERATURE = 0.1;
  private static final double GREATEST_TEMPERATURE = 10;

  /** Number of temperatures of the first search, and of one around the last one. */
  private static final int TEMPERATURES = 24;

  private static final int NEAR_TEMPERATURES = 7;

  /** How far, as a factor, the next temperature may be from the last one. */
  private static final double NEAR = 1.1;

  /** Share of right labels that the search begins with. */
  private static final double RIGHT = 0.9;

  /** Least log-likelihood that is told apart: sums must not overflow. */
  private static final double FLOOR = -50;

  private final ExactSums sums;
  private final int numClasses;

  public NoiseFit(ExactSums sums, int numClasses) {
    this.sums = sums;
    this.numClasses = numClasses;
  }

  /** The temperature and channel of the rows; the history has no say. */
  public NoiseModel fit() {
    Transitions start = Transitions.even(numClasses, RIGHT);
    double[] all = grid(LEAST_TEMPERATURE, GREATEST_TEMPERATURE, TEMPERATURES);
    NoiseModel model = model(best(all, start), start);
    for (int step = 0; step < NUM_STEPS; step++) {
      if (step % STEPS_OF_TEMPERATURE == 0) {
        double last = model.temperature();
        double[] near = grid(last / NEAR, last * NEAR, NEAR_TEMPERATURES);
        model = model(best(near, model.channel()), model.channel());
      }
      model = model(model.temperature(), channel(model));
    }
    return model;
  }

  private NoiseModel model(double temperature, Transitions channel) {
    return new NoiseModel(temperature, channel, 1, channel, 0);
  }

  private double best(double[] temperatures, Transitions channel) {
    NoiseModel[] models =
        DoubleStream.of(temperatures)
            .mapToObj(temperature -> model(temperature, channel))
            .toArray(NoiseModel[]::new);
    long[] likelihoods =
        sums.of(
            models.length,
            (row, into) -> {
              for (int i = 0; i < models.length; i++) {
                into[i] += ExactSums.fixed(Math.max(FLOOR, models[i].logLikelihood(row)));
              }
            });
    int best =
        IntStream.range(0, models.length)
            .reduce(0, (a, b) -> likelihoods[b] > likelihoods[a] ? b : a);
    return temperatures[best];
  }

  /** Evenly spaced by their logs. */
  private static double[] grid(double from, double to, int count) {
    return IntStream.range(0, count)
        .mapToDouble(i -> from * StrictMath.pow(to / from, i / (count - 1.0)))
        .toArray();
  }

  /**
   * A step of expectation maximization. The probability of classes that a row does not keep counts
   * nowhere.
   */
  private Transitions channel(NoiseModel model) {
    int classes = numClasses;
    return Transitions.of(
        classes,
        sums.of(
            classes * classes,
            (row, into) -> {
              ClassLogs posterior = model.posterior(row);
              for (int i = 0; i < posterior.classes().length; i++) {
                into[posterior.classes()[i] * classes + row.given()] +=
                    ExactSums.fixed(StrictMath.exp(posterior.logs()[i]));
              }
            }));
  }
}
