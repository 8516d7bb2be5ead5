package io.dialogbert.train;

import io.dialogbert.frame.config.ConfigReader;
import java.io.Serializable;

/**
 * How workers come together.
 *
 * @param numWorkers Spark tasks that train side by side
 * @param frequency local steps between two averages
 * @param averageMoments whether the optimiser's moments are averaged, too, or stay each worker's
 * @param compressChanges whether changes of parameters are sent as halves
 * @param outerLearningRate share of the averaged change that is taken; 1 for plain averaging
 * @param outerMomentum Nesterov momentum of the averaged change; 0 for plain averaging
 */
public record AveragingConfig(
    int numWorkers,
    int frequency,
    boolean averageMoments,
    boolean compressChanges,
    double outerLearningRate,
    double outerMomentum)
    implements Serializable {

  static AveragingConfig read(ConfigReader in) {
    return new AveragingConfig(
        in.intBetween("num-workers", 1, 1 << 16),
        in.intBetween("averaging-frequency", 1, 1 << 20),
        in.flag("average-moments"),
        in.flag("compress-changes"),
        in.doubleBetween("outer-learning-rate", 1e-3, 10),
        in.doubleBetween("outer-momentum", 0, 0.999));
  }

  /** Plain averaging, moments and all, as DL4J does it. */
  public static AveragingConfig plain(int numWorkers, int frequency) {
    return new AveragingConfig(numWorkers, frequency, true, false, 1, 0);
  }

  /** Whether the mean is stepped towards, rather than taken. */
  boolean hasOuterOptimizer() {
    return outerLearningRate != 1 || outerMomentum != 0;
  }
}
