package io.dialogbert.finetune.objective;

import io.dialogbert.metric.Classification;
import io.dialogbert.model.PackedBatch;
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
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A task that is learned otherwise, and measured as before.
 *
 * @param <O> what is observed of an example
 */
public interface DelegatingObjective<O extends Serializable> extends Objective<O> {
  /** The task as it is learned by itself. */
  Objective<O> task();

  @Override
  default TaskSpec spec() {
    return task().spec();
  }

  @Override
  default int observedTogether() {
    return task().observedTogether();
  }

  @Override
  default List<O> observe(Predictor<PackedBatch> network, List<TaskExample> examples) {
    return task().observe(network, examples);
  }

  @Override
  default Map<String, Double> figures(List<O> observations) {
    return task().figures(observations);
  }

  @Override
  default Function<SplittableRandom, Map<String, Double>> resampler(List<O> observations) {
    return task().resampler(observations);
  }

  @Override
  default double agreement(List<O> some, List<O> others) {
    return task().agreement(some, others);
  }

  @Override
  default OptionalDouble vectorVariance(List<O> observations) {
    return task().vectorVariance(observations);
  }

  @Override
  default Optional<Classification> classification(List<O> observations) {
    return task().classification(observations);
  }

  @Override
  default Optional<String> comparison() {
    return task().comparison();
  }

  @Override
  default StructType schema() {
    return task().schema();
  }

  @Override
  default List<Row> rows(List<O> observations) {
    return task().rows(observations);
  }

  @Override
  default Selection selection() {
    return task().selection();
  }
}
