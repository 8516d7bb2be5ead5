package io.dialogbert.finetune.correct;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.correct.Verdict;
import io.dialogbert.train.TrainingConfig;
import java.util.Optional;

/**
 * Settings of {@link CorrectLabelsJob}.
 *
 * @param taskData output directory of build-task-data, of texts, pairs or contexts with classes
 * @param mode what becomes of doubted labels in the output
 * @param rules how labels are judged
 * @param ngrams number of tokens of the longest n-grams that linear checkers read
 * @param encoder checkers with a network; empty for linear ones
 */
public record CorrectLabelsConfig(
    String taskData,
    String output,
    Mode mode,
    Rules rules,
    int ngrams,
    Optional<Encoder> encoder,
    long examplesPerFile) {
  /** What becomes of doubted labels. */
  public enum Mode {
    /** Those that are probably wrong are replaced; flagged ones stay. */
    CORRECT,
    /** Rows whose label is probably wrong or flagged are left out. */
    DROP,
    /** None; the tables say which are doubted. */
    FLAG,
    /** Every row has its most probable class, and checkers learn probabilities. */
    SOFT
  }

  /** What judges labels. */
  private enum Checker {
    LINEAR,
    ENCODER
  }

  /**
   * How labels are judged.
   *
   * @param numChunks number of chunks, and of checkers in a round
   * @param checkersPerRow number of checkers that judge a row
   * @param numRounds maximum number of rounds
   * @param verdicts probabilities from which labels are replaced or flagged
   * @param usesClassThresholds whether these are scaled by how sure the rows of a class usually are
   * @param channelWeight exponent of the probability of the given label, in [0, 1]
   * @param historyWeight exponent of the probability by the label's history, in [0, 1]
   * @param learnsSoftly whether checkers of later rounds learn probabilities
   */
  record Rules(
      int numChunks,
      int checkersPerRow,
      int numRounds,
      Verdict.Rules verdicts,
      boolean usesClassThresholds,
      double channelWeight,
      double historyWeight,
      boolean learnsSoftly) {
    private static Rules read(ConfigReader in, Mode mode) {
      int numChunks = in.intBetween("num-chunks", 2, 1000);
      int checkersPerRow = in.intBetween("checkers-per-row", 1, 999);
      if (checkersPerRow >= numChunks) {
        in.problem("checkers-per-row", "must be below num-chunks = " + numChunks);
        checkersPerRow = 1;
      }
      double fix = in.fraction("fix-threshold");
      double ambiguous = in.fraction("ambiguous-threshold");
      if (ambiguous > fix) {
        in.problem("ambiguous-threshold", "must be at most fix-threshold = " + fix);
        ambiguous = fix;
      }
      return new Rules(
          numChunks,
          checkersPerRow,
          in.intBetween("num-rounds", 1, 100),
          new Verdict.Rules(fix, ambiguous),
          in.flag("class-thresholds"),
          in.fraction("channel-weight"),
          in.fraction("history-weight"),
          mode == Mode.SOFT);
    }
  }

  /**
   * Checkers with a network.
   *
   * @param checkpoint an encoder that has learned no classes
   * @param numEpochs number of epochs; 0 for the number of steps in {@code training}
   * @param warmupShare share of the steps with a rising learning rate, if there are epochs
   */
  record Encoder(String checkpoint, double numEpochs, double warmupShare, TrainingConfig training) {
    /**
     * The settings of training.
     *
     * @param rows number of training examples
     */
    TrainingConfig training(long rows) {
      return numEpochs == 0 ? training : training.withEpochs(numEpochs, warmupShare, rows);
    }
  }

  static CorrectLabelsConfig read(ConfigReader in) {
    String output = in.path("output");
    Mode mode = in.choice("mode", Mode.class);
    boolean hasNetwork = in.choice("checker", Checker.class) == Checker.ENCODER;
    String checkpoint =
        hasNetwork ? in.path("checkpoint") : in.optionalPath("checkpoint").orElse("");
    if (!hasNetwork && !checkpoint.isEmpty()) {
      in.problem("checkpoint", "must be empty if checker = linear");
    }
    double numEpochs = in.doubleBetween("num-epochs", 0, 1e6);
    double warmupShare = in.fraction("warmup-share");
    TrainingConfig training = TrainingConfig.read(in.section("training"), output);
    if (training.checkpoints().saved() != TrainingConfig.SavedStep.LAST) {
      in.problem(
          "training.saved-step", "must be last: a checker must not be chosen by labels in doubt");
    }
    return new CorrectLabelsConfig(
        in.path("task-data"),
        output,
        mode,
        Rules.read(in, mode),
        in.intBetween("ngrams", 1, 10),
        hasNetwork
            ? Optional.of(new Encoder(checkpoint, numEpochs, warmupShare, training))
            : Optional.empty(),
        in.longBetween("examples-per-file", 1, Long.MAX_VALUE));
  }
}
