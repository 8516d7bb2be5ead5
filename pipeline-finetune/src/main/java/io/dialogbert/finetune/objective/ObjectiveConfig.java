package io.dialogbert.finetune.objective;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.head.CosentLoss;
import io.dialogbert.model.head.CosineLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.MatryoshkaLoss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How a task is learned.
 *
 * @param method how a pair is read; ignored by tasks of one text
 * @param vectorLoss what sentence vectors learn graded similarity from
 * @param scale factor of the cosines in {@code cosent} and in-batch negatives, above 0
 * @param vectorWidths widths of the prefixes of sentence vectors that learn besides the whole,
 *     ascending; may be empty
 * @param numNegatives number of wrong replies of the batch that each context is read with, where
 *     replies are read by {@code cross}
 * @param classWeights how much an example counts by its class
 */
public record ObjectiveConfig(
    Method method,
    VectorLoss vectorLoss,
    double scale,
    List<Integer> vectorWidths,
    int numNegatives,
    ClassWeights classWeights) {
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
        in.doubleBetween("scale", 1e-3, 1e6),
        in.ascendingInts("vector-widths", 1, 1 << 14),
        in.intBetween("num-negatives", 1, 1000),
        in.choice("class-weights", ClassWeights.class));
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
      case TagObjective.HEAD -> new TagObjective(spec);
      case ScoreObjective.HEAD -> new ScoreObjective(spec);
      case ReplyScoreObjective.HEAD -> new ReplyScoreObjective(spec, 0);
      case SentenceVectorObjective.HEAD ->
          spec.kind() == TaskSpec.Kind.PAIR_SCORES
              ? new SentenceVectorObjective(spec, loss)
              : new ReplyObjective(spec, loss);
      default -> throw new BadInputException("a network with a head " + head + " is of no task");
    };
  }

  /**
   * The objective of a task.
   *
   * @param examples counts the training examples of each class, if that is needed
   * @throws BadConfigException if the task cannot be learned by this method
   */
  public Objective<?> of(TaskSpec spec, Supplier<? extends Map<Integer, Long>> examples) {
    if (classWeights != ClassWeights.NONE && !spec.kind().hasClasses()) {
      throw new BadConfigException(
          "finetune.class-weights must be none where examples have no class");
    }
    if (!vectorWidths.isEmpty() && (method != Method.VECTORS || spec.kind().hasClasses())) {
      throw new BadConfigException(
          "finetune.vector-widths = "
              + vectorWidths
              + " must be empty where no sentence vectors are learned");
    }
    return switch (spec.kind()) {
      case REACTIONS, TEXT_CLASSES -> ofClasses(spec, examples);
      case PAIR_CLASSES -> {
        requireCross(spec);
        yield ofClasses(spec, examples);
      }
      case TAGS -> {
        requireCross(spec);
        yield new TagObjective(spec);
      }
      case PAIR_SCORES ->
          method == Method.CROSS
              ? new ScoreObjective(spec)
              : new SentenceVectorObjective(
                  spec,
                  ofWidths(
                      switch (vectorLoss) {
                        case COSENT ->
                            new CosentLoss("", SentenceVectorObjective.HEAD, Weight.ONE, scale);
                        case COSINE -> new CosineLoss("", SentenceVectorObjective.HEAD, Weight.ONE);
                      }));
      case PARAPHRASES -> {
        if (method != Method.VECTORS) {
          throw new BadConfigException(
              "finetune.method must be vectors for task data of kind paraphrases");
        }
        yield inBatch(spec);
      }
      case REPLIES ->
          method == Method.CROSS ? new ReplyScoreObjective(spec, numNegatives) : inBatch(spec);
    };
  }

  private Objective<?> inBatch(TaskSpec spec) {
    return new ReplyObjective(
        spec, ofWidths(new InBatchLoss("", SentenceVectorObjective.HEAD, Weight.ONE, scale)));
  }

  /** The objective of one of several tasks: what does not concern it has no say. */
  public Objective<?> amongOthers(TaskSpec spec) {
    return spec.kind().hasClasses() ? ClassObjective.ofLabels(spec) : of(spec, Map::of);
  }

  private Objective<?> ofClasses(TaskSpec spec, Supplier<? extends Map<Integer, Long>> examples) {
    return classWeights == ClassWeights.NONE
        ? ClassObjective.ofLabels(spec)
        : new ClassObjective(spec, classWeights.of(spec.classes().size(), examples.get()));
  }

  /**
   * Checks the widths against the vectors that a network makes.
   *
   * @param width number of elements of a sentence vector
   * @throws BadConfigException if a prefix is not shorter
   */
  public void requireWidthsBelow(int width) {
    if (vectorWidths.stream().anyMatch(prefix -> prefix >= width)) {
      throw new BadConfigException(
          "finetune.vector-widths = "
              + vectorWidths
              + " must be below the width of the sentence vectors, "
              + width
              + ", which learn in any case");
    }
  }

  private Loss ofWidths(Loss loss) {
    return vectorWidths.isEmpty() ? loss : new MatryoshkaLoss(loss, vectorWidths);
  }

  private void requireCross(TaskSpec spec) {
    if (method != Method.CROSS) {
      throw new BadConfigException(
          "finetune.method must be cross for task data of kind "
              + spec.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
  }
}
