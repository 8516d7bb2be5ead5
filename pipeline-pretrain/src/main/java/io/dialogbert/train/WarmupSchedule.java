package io.dialogbert.train;

import java.io.Serializable;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Learning rate that rises linearly over the warm-up and falls after it, over global steps. It
 * would reach 0 at the step after the last.
 *
 * @param peak above 0
 * @param warmupSteps at most {@code numSteps}
 * @param decayPower exponent of the share of steps that are left after the warm-up: 1 falls
 *     linearly, 0 stays at the peak
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018, appendix A.2</a>
 */
public record WarmupSchedule(
    @JsonProperty("peak") double peak,
    @JsonProperty("warmupSteps") int warmupSteps,
    @JsonProperty("numSteps") int numSteps,
    @JsonProperty("decayPower") double decayPower)
    implements ISchedule, Serializable {
  @JsonCreator
  public WarmupSchedule {}

  @Override
  public double valueAt(int iteration, int epoch) {
    if (iteration < warmupSteps) {
      return peak * (iteration + 1) / warmupSteps;
    }
    double left = Math.max(0, numSteps - iteration);
    return peak * Math.pow(left / Math.max(1, numSteps - warmupSteps), decayPower);
  }

  @Override
  public ISchedule clone() {
    return this;
  }
}
