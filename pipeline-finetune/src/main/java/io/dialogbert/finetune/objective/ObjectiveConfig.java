package io.dialogbert.finetune.objective;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.head.CosentLoss;
import io.dialogbert.model.head.CosineLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskSpec;

/**
 * How a task is learned.
 *
 * @param method how a pair is read; ignored by tasks of one text
 * @param vectorLoss what sentence vectors learn graded similarity from
 * @param scale factor of the cosines in {@code cosent} and in-batch negatives, above 0
 */
public record ObjectiveConfig(Method method, VectorLoss vectorLoss, double scale) {
  /** How a pair is read. */
  public enum Method {
    /** Both texts as one sequence. */
    CROSS,
    /** A sentence vector for each text. */
    VECTORS
  }

  /** Losses of sentence vectors. */
  public enum VectorLoss {
    COSENT,
    COSINE
  }

  public static ObjectiveConfig read(ConfigReader in) {
    return new ObjectiveConfig(
        in.choice("method", Method.class),
        in.choice("vector-loss", VectorLoss.class),
        in.doubleBetween("scale", 1e-3, 1e6));
  }

  /**
   * The objective that a network was trained for, as far as it is needed to measure it.
   *
   * @param model the network
   * @throws BadInputException if no objective of the task has such a head
   */
  public static Objective<?> ofModel(TaskSpec spec, ModelConfig model) {
    String head = model.heads().get(0).name();
    Loss loss = model.losses().get(0);
    return switch (head) {
      case Head.CLASSIFIER -> ClassObjective.ofLabels(spec);
      case ScoreObjective.HEAD -> new ScoreObjective(spec);
      case SentenceVectorObjective.HEAD ->
          loss instanceof InBatchLoss inBatch
              ? new ReplyObjective(spec, inBatch.scale())
              : new SentenceVectorObjective(spec, loss);
      default -> throw new BadInputException("a network with a head " + head + " is of no task");
    };
  }

  /**
   * The objective of a task.
   *
   * @throws BadConfigException if the task cannot be learned by this method
   */
  public Objective<?> of(TaskSpec spec) {
    return switch (spec.kind()) {
      case REACTIONS, TEXT_CLASSES -> ClassObjective.ofLabels(spec);
      case PAIR_CLASSES -> {
        require(spec, Method.CROSS);
        yield ClassObjective.ofLabels(spec);
      }
      case PAIR_SCORES ->
          method == Method.CROSS
              ? new ScoreObjective(spec)
              : new SentenceVectorObjective(
                  spec,
                  switch (vectorLoss) {
                    case COSENT ->
                        new CosentLoss("", SentenceVectorObjective.HEAD, Weight.ONE, scale);
                    case COSINE -> new CosineLoss("", SentenceVectorObjective.HEAD, Weight.ONE);
                  });
      case REPLIES -> {
        require(spec, Method.VECTORS);
        yield new ReplyObjective(spec, scale);
      }
    };
  }

  private void require(TaskSpec spec, Method only) {
    if (method != only) {
      throw new BadConfigException(
          "finetune.method must be "
              + only.name().toLowerCase(java.util.Locale.ROOT)
              + " for task data of kind "
              + spec.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    }
  }
}
