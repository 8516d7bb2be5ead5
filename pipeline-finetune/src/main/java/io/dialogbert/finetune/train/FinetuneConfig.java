package io.dialogbert.finetune.train;

import io.dialogbert.finetune.objective.ObjectiveConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link FinetuneJob}.
 *
 * @param checkpoint output directory of pretrain
 * @param taskData output directory of build-task-data
 * @param symmetricPairs whether a pair means the same in either order, and is shown in both
 * @param numEpochs number of epochs; 0 for the number of steps in {@code training}
 * @param warmupShare share of the steps with a rising learning rate, if there are epochs
 * @param layerDecay a layer's learning rate is this share of that of the layer above, in (0, 1]
 * @param numSeeds number of networks to train; the best on the validation split is the output
 */
public record FinetuneConfig(
    String checkpoint,
    String taskData,
    String output,
    ObjectiveConfig objective,
    boolean symmetricPairs,
    double numEpochs,
    double warmupShare,
    double layerDecay,
    int numSeeds,
    TrainingConfig training) {

  /**
   * The settings of training.
   *
   * @param rows number of training examples
   */
  TrainingConfig training(long rows) {
    return numEpochs == 0 ? training : training.withEpochs(numEpochs, warmupShare, rows);
  }

  static FinetuneConfig read(ConfigReader in) {
    String output = in.path("output");
    return new FinetuneConfig(
        in.path("checkpoint"),
        in.path("task-data"),
        output,
        ObjectiveConfig.read(in),
        in.flag("symmetric-pairs"),
        in.doubleBetween("num-epochs", 0, 1e6),
        in.fraction("warmup-share"),
        in.doubleBetween("layer-decay", 0.01, 1),
        in.intBetween("num-seeds", 1, 100),
        TrainingConfig.read(in.section("training"), output));
  }
}
