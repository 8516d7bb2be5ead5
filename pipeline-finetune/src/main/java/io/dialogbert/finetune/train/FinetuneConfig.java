package io.dialogbert.finetune.train;

import io.dialogbert.finetune.objective.ObjectiveConfig;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.dl4j.RnnConfig;
import io.dialogbert.train.TrainingConfig;
import java.util.Optional;

/**
 * Settings of {@link FinetuneJob}.
 *
 * @param checkpoint output directory of pretrain; empty if an RNN is trained instead
 * @param rnn the RNN that is trained instead of an encoder
 * @param taskData output directory of build-task-data
 * @param symmetricPairs whether a pair means the same in either order, and is shown in both
 * @param numEpochs number of epochs; 0 for the number of steps in {@code training}
 * @param warmupShare share of the steps with a rising learning rate, if there are epochs
 * @param layerDecay a layer's learning rate is this share of that of the layer above, in (0, 1]
 * @param numSeeds number of networks to train; the best on the validation split is the output
 */
public record FinetuneConfig(
    String checkpoint,
    Optional<Rnn> rnn,
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
   * Sizes of an RNN as {@link RnnConfig} has them.
   *
   * @param tokenizer output directory of train-tokenizer, or of what was trained with it
   */
  record Rnn(int embeddingSize, int hiddenSize, double dropout, String tokenizer) {
    private static Optional<Rnn> read(ConfigReader in) {
      int hiddenSize = in.intBetween("hidden-size", 0, 1 << 12);
      int embeddingSize = in.intBetween("embedding-size", 1, 1 << 12);
      double dropout = in.doubleBetween("dropout", 0, 0.99);
      return hiddenSize == 0
          ? Optional.empty()
          : Optional.of(new Rnn(embeddingSize, hiddenSize, dropout, in.path("tokenizer")));
    }

    RnnConfig config(int vocabSize) {
      return new RnnConfig(vocabSize, embeddingSize, hiddenSize, dropout);
    }
  }

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
    Optional<Rnn> rnn = Rnn.read(in.section("rnn"));
    String checkpoint =
        rnn.isPresent() ? in.optionalPath("checkpoint").orElse("") : in.path("checkpoint");
    double layerDecay = in.doubleBetween("layer-decay", 0.01, 1);
    if (rnn.isPresent() && !checkpoint.isEmpty()) {
      in.problem("checkpoint", "must be empty if rnn.hidden-size says that an RNN is trained");
    }
    if (rnn.isPresent() && layerDecay != 1) {
      in.problem("layer-decay", "must be 1 if an RNN is trained");
    }
    return new FinetuneConfig(
        checkpoint,
        rnn,
        in.path("task-data"),
        output,
        ObjectiveConfig.read(in),
        in.flag("symmetric-pairs"),
        in.doubleBetween("num-epochs", 0, 1e6),
        in.fraction("warmup-share"),
        layerDecay,
        in.intBetween("num-seeds", 1, 100),
        TrainingConfig.read(in.section("training"), output));
  }
}
