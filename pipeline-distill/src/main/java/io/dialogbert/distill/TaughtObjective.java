package io.dialogbert.distill;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.objective.DelegatingObjective;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.SoftOutputLoss;
import io.dialogbert.task.TaskExample;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

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
    implements DelegatingObjective<O> {
  /** Name of the loss; its figure is {@code soft_loss}. */
  private static final String SOFT = "soft";

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

  /** Also {@code vector_variance}: vectors may collapse while their squared error falls. */
  @Override
  public Map<String, Double> figures(List<O> observations) {
    Map<String, Double> figures = new TreeMap<>(task.figures(observations));
    vectorVariance(observations).ifPresent(variance -> figures.put("vector_variance", variance));
    return figures;
  }
}
