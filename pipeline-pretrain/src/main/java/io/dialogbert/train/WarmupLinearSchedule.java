package io.dialogbert.train;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Learning rate that rises linearly over the warm-up and falls linearly to 0 at the last step, over
 * global steps.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018, appendix A.2</a>
 */
public record WarmupLinearSchedule(
    @JsonProperty("peak") double peak,
    @JsonProperty("warmupSteps") int warmupSteps,
    @JsonProperty("numSteps") int numSteps)
    implements ISchedule {
  @JsonCreator
  public WarmupLinearSchedule {}

  @Override
  public double valueAt(int iteration, int epoch) {
    if (iteration < warmupSteps) {
      return peak * (iteration + 1) / warmupSteps;
    }
    return peak * Math.max(0, numSteps - iteration) / Math.max(1, numSteps - warmupSteps);
  }

  @Override
  public ISchedule clone() {
    return this;
  }
}
