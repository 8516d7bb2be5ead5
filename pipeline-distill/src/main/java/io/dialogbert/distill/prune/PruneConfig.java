package io.dialogbert.distill.prune;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.train.TrainingConfig;

/**
 * Settings of {@link PruneJob}.
 *
 * @param checkpoint output directory of finetune, distill or prune
 * @param taskData output directory of build-task-data
 * @param numAttentionHeads heads that each layer keeps; 0 for all
 * @param intermediateSize intermediate units that each layer keeps; 0 for all
 * @param iterations number of times that heads and units are taken out
 * @param scoreExamples number of training examples that score them each time
 * @param training of the network after each iteration
 */
public record PruneConfig(
    String checkpoint,
    String taskData,
    String output,
    int numAttentionHeads,
    int intermediateSize,
    int iterations,
    int scoreExamples,
    TrainingConfig training) {
  static PruneConfig read(ConfigReader in) {
    String output = in.path("output");
    return new PruneConfig(
        in.path("checkpoint"),
        in.path("task-data"),
        output,
        in.intBetween("num-attention-heads", 0, 1 << 10),
        in.intBetween("intermediate-size", 0, 1 << 16),
        in.intBetween("iterations", 1, 1000),
        in.intBetween("score-examples", 1, Integer.MAX_VALUE),
        TrainingConfig.read(in.section("training"), output));
  }

  /** What each layer of a network has. */
  record Sizes(int heads, int units) {}

  /**
   * What each layer keeps after an iteration.
   *
   * @param iteration from 1
   * @throws BadConfigException if the network has less than is to be kept, or nothing more
   */
  Sizes after(int iteration, EncoderConfig whole) {
    int heads = target("num-attention-heads", numAttentionHeads, whole.numAttentionHeads());
    int units = target("intermediate-size", intermediateSize, whole.intermediateSize());
    if (heads == whole.numAttentionHeads() && units == whole.intermediateSize()) {
      throw new BadConfigException(
          "prune.num-attention-heads or prune.intermediate-size must be less than the network's "
              + heads
              + " and "
              + units);
    }
    return new Sizes(
        share(whole.numAttentionHeads(), heads, iteration),
        share(whole.intermediateSize(), units, iteration));
  }

  private static int target(String key, int value, int whole) {
    if (value > whole) {
      throw new BadConfigException(
          "prune." + key + " = " + value + " must be at most the network's " + whole);
    }
    return value == 0 ? whole : value;
  }

  private int share(int whole, int target, int iteration) {
    return whole - (int) ((long) (whole - target) * iteration / iterations);
  }
}
