package io.dialogbert.finetune;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.TrainingTask;
import io.dialogbert.train.engine.BertEngine;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;

/**
 * Classification of contexts.
 *
 * @param taught whether the examples must have a teacher's logits
 */
public record ClassificationTask(BertEngine engine, boolean taught)
    implements TrainingTask<TaskExample, PackedBatch> {

  /** A classifier that learns from labels. */
  public static ModelConfig model(EncoderConfig encoder, ClassSet classes) {
    return model(encoder, classes, List.of(labels(1)));
  }

  /**
   * A classifier that learns from labels and from a teacher's logits.
   *
   * @param hardWeight weight of the cross-entropy against the labels, at least 0
   * @param softWeight weight of the divergence from the teacher, at least 0
   * @param temperature of teacher and student, above 0
   */
  public static ModelConfig model(
      EncoderConfig encoder,
      ClassSet classes,
      double hardWeight,
      double softWeight,
      double temperature) {
    Loss soft =
        new SoftClassLoss("soft", Head.CLASSIFIER, Weight.constant(softWeight), temperature);
    return model(
        encoder,
        classes,
        softWeight == 0 ? List.of(labels(hardWeight)) : List.of(labels(hardWeight), soft));
  }

  private static ModelConfig model(EncoderConfig encoder, ClassSet classes, List<Loss> losses) {
    return new ModelConfig(encoder, List.of(Head.classifier(Head.CLASSIFIER, classes)), losses);
  }

  private static Loss labels(double weight) {
    return new ClassLoss("", Head.CLASSIFIER, Weight.constant(weight));
  }

  @Override
  public TaskExample decode(Group row) {
    return TaskRows.decode(row);
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    PackedBatch batch = pack(examples);
    float[][] logits = examples.stream().map(TaskExample::teacherLogits).toArray(float[][]::new);
    if (taught) {
      for (TaskExample example : examples) {
        if (example.teacherLogits().length == 0) {
          throw new BadInputException(
              "example " + example.exampleId() + " must have a teacher's logits");
        }
      }
      return batch.with(Head.CLASSIFIER, new Target.SoftClasses(logits));
    }
    return batch;
  }

  /** The examples as one packed batch with their labels. */
  public static PackedBatch pack(List<TaskExample> examples) {
    PackedBatch.Builder batch = PackedBatch.builder();
    for (TaskExample example : examples) {
      batch.add(example.inputIds(), example.segmentIds(), example.turnIds());
    }
    int[] labels = examples.stream().mapToInt(TaskExample::label).toArray();
    return batch.build().with(Head.CLASSIFIER, new Target.Classes(labels));
  }
}
