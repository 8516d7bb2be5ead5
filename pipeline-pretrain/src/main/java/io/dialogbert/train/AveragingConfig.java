package io.dialogbert.train;

import io.dialogbert.frame.config.ConfigReader;
import java.io.Serializable;

/**
 * How the workers' states are averaged.
 *
 * @param numWorkers number of Spark tasks that train in parallel
 * @param frequency local steps between two averages
 * @param averageMoments whether the optimizer's moments are averaged, too; if false, each worker
 *     keeps its own
 * @param compressChanges whether parameter changes are sent in half precision
 * @param outerLearningRate share of the averaged change that is applied; 1 for plain averaging
 * @param outerMomentum Nesterov momentum on the averaged change; 0 for plain averaging
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

  /** Plain averaging, moments included, as in DL4J. */
  public static AveragingConfig plain(int numWorkers, int frequency) {
    return new AveragingConfig(numWorkers, frequency, true, false, 1, 0);
  }

  /** Whether the outer optimizer steps towards the mean, instead of taking it as it is. */
  boolean hasOuterOptimizer() {
    return outerLearningRate != 1 || outerMomentum != 0;
  }
}
