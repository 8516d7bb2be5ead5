package io.dialogbert.model.head;

import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Weight of a loss: changes linearly over the first steps, then stays.
 *
 * @param from weight before the first step, at least 0
 * @param to weight from step {@code steps} on, at least 0
 * @param steps number of steps over which it changes; 0 for a constant weight
 */
public record Weight(
    @JsonProperty("from") double from,
    @JsonProperty("to") double to,
    @JsonProperty("steps") int steps)
    implements Strict {
  public static final Weight ONE = constant(1);

  @JsonCreator
  public Weight {
    if (!(from >= 0 && to >= 0 && steps >= 0)) {
      throw new IllegalArgumentException(
          "a weight from " + from + " to " + to + " in " + steps + " steps must not be negative");
    }
  }

  public static Weight constant(double weight) {
    return new Weight(weight, weight, 0);
  }

  /** The weight in a step, counted from 0. */
  public double at(long step) {
    return step >= steps ? to : from + (to - from) * step / steps;
  }
}
