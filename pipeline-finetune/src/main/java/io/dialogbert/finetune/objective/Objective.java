package io.dialogbert.finetune.objective;

import io.dialogbert.metric.Classification;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Predictor;
import io.dialogbert.train.run.Selection;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * How an encoder learns a task, and what it is measured by. Sent to Spark tasks.
 *
 * @param <O> what is observed of an example, enough to compute all figures
 */
public interface Objective<O extends Serializable> extends Serializable {
  TaskSpec spec();

  /** The encoder with this objective's head and losses. */
  ModelConfig model(EncoderConfig encoder);

  /**
   * A batch with targets; random choices depend only on the examples' ids and epochs.
   *
   * @param epoch epoch of each example by its index
   * @throws io.dialogbert.common.BadInputException if an example lacks what is to be learned
   */
  PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch);

  /**
   * Number of examples of one language that must be observed together, because each is compared
   * with all of them: the cost of an observation grows with it. 1 if each is observed by itself.
   */
  default int observedTogether() {
    return 1;
  }

  /**
   * What a network makes of examples, one observation for each, in their order.
   *
   * @param examples any number; if {@link #observedTogether} is above 1, so many of one language
   */
  List<O> observe(Predictor<PackedBatch> network, List<TaskExample> examples);

  /** Figures by name; the names of losses end in {@code loss}. */
  Map<String, Double> figures(List<O> observations);

  /**
   * Figures of observations drawn anew, with replacement, as often as there are. Their spread is
   * that of the figures (Efron 1979).
   */
  default Function<SplittableRandom, Map<String, Double>> resampler(List<O> observations) {
    return random -> figures(resample(observations, random));
  }

  /** As many elements of a list, drawn with replacement. */
  static <T> List<T> resample(List<T> all, SplittableRandom random) {
    return random.ints(all.size(), 0, all.size()).mapToObj(all::get).toList();
  }

  /**
   * How well two networks agree: on classes, the share of examples that both take for the same one;
   * on scores and similarities, their rank correlation.
   *
   * @param some what one network makes of examples
   * @param others what the other makes of the same examples, in the same order
   */
  double agreement(List<O> some, List<O> others);

  /**
   * Variance of the directions of sentence vectors, in [0, 1]; 0 if all texts have the same one.
   * Empty if the network makes no vectors.
   */
  default OptionalDouble vectorVariance(List<O> observations) {
    return OptionalDouble.empty();
  }

  /** The observations as classes, if they are predictions of one class each. */
  default Optional<Classification> classification(List<O> observations) {
    return Optional.empty();
  }

  /** What the figures compare an example to, in words for reports; empty if to its label alone. */
  default Optional<String> comparison() {
    return Optional.empty();
  }

  /** The table of observations; no text is in it. */
  StructType schema();

  /** The rows of the table of observations. */
  List<Row> rows(List<O> observations);

  /** The figures that tell which step is the best one. */
  Selection selection();
}
