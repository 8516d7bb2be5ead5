package io.dialogbert.distill;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.metric.Classification;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.SoftOutputLoss;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Trainer;
import io.dialogbert.train.run.Selection;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A task that is learned from labels and from what teachers say of the examples: T^2 KL(teacher ||
 * student) of classes, squared error of scores and of sentence vectors.
 *
 * @param task the same task without teachers
 * @param head of the task
 * @param translations whether the second text of a pair is to have the vector that the teacher
 *     gives the first one, of which it is a translation (Reimers and Gurevych 2020, equation 1)
 */
record TaughtObjective<O extends Serializable>(
    Objective<O> task, String head, DistillationLoss loss, boolean translations)
    implements Objective<O> {
  /** Name of the loss; its figure is {@code soft_loss}. */
  private static final String SOFT = "soft";

  @Override
  public TaskSpec spec() {
    return task.spec();
  }

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    ModelConfig model = task.model(encoder);
    List<Loss> losses = new ArrayList<>();
    model.losses().forEach(own -> losses.add(own.withWeight(loss.hard())));
    if (loss.asksTeachers()) {
      losses.add(
          ofClasses()
              ? new SoftClassLoss(SOFT, head, loss.soft(), loss.temperature())
              : new SoftOutputLoss(SOFT, head, loss.soft()));
    }
    return new ModelConfig(encoder, model.heads(), losses);
  }

  private boolean ofClasses() {
    return head.equals(Head.CLASSIFIER);
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    PackedBatch batch = task.batch(examples, epoch);
    if (!loss.asksTeachers()) {
      return batch;
    }
    for (TaskExample example : examples) {
      if (example.teacherOutputs().length == 0) {
        throw new BadInputException(
            "example " + example.exampleId() + " must have a teacher's answer");
      }
    }
    float[][] outputs = examples.stream().map(TaskExample::teacherOutputs).toArray(float[][]::new);
    if (ofClasses()) {
      return batch.with(head, new Target.SoftClasses(outputs));
    }
    return batch.with(
        head,
        new Target.SoftOutputs(
            head.equals(SentenceVectorObjective.HEAD) ? vectors(outputs) : outputs));
  }

  /** Two vectors for each pair; negatives come after the pairs and have none. */
  private float[][] vectors(float[][] pairs) {
    float[][] vectors = new float[2 * pairs.length][];
    for (int i = 0; i < pairs.length; i++) {
      int width = pairs[i].length / 2;
      vectors[2 * i] = Arrays.copyOf(pairs[i], width);
      vectors[2 * i + 1] =
          translations ? vectors[2 * i] : Arrays.copyOfRange(pairs[i], width, pairs[i].length);
    }
    return vectors;
  }

  @Override
  public int observedTogether() {
    return task.observedTogether();
  }

  @Override
  public List<O> observe(Trainer<PackedBatch> network, List<TaskExample> examples) {
    return task.observe(network, examples);
  }

  /** Also {@code vector_variance}: vectors may collapse while their squared error falls. */
  @Override
  public Map<String, Double> figures(List<O> observations) {
    Map<String, Double> figures = new TreeMap<>(task.figures(observations));
    vectorVariance(observations).ifPresent(variance -> figures.put("vector_variance", variance));
    return figures;
  }

  @Override
  public double agreement(List<O> some, List<O> others) {
    return task.agreement(some, others);
  }

  @Override
  public OptionalDouble vectorVariance(List<O> observations) {
    return task.vectorVariance(observations);
  }

  @Override
  public Optional<Classification> classification(List<O> observations) {
    return task.classification(observations);
  }

  @Override
  public Optional<String> comparison() {
    return task.comparison();
  }

  @Override
  public StructType schema() {
    return task.schema();
  }

  @Override
  public List<Row> rows(List<O> observations) {
    return task.rows(observations);
  }

  @Override
  public Selection selection() {
    return task.selection();
  }
}
