package io.dialogbert.finetune.correct;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.ClassObjective;
import io.dialogbert.finetune.objective.DelegatingObjective;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskExample;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * Classes that are learned from probabilities: of each example, its teacher's outputs are their
 * logs.
 *
 * @param task the same classes, learned from labels
 */
record SoftTargets(ClassObjective task) implements DelegatingObjective<ClassObjective.Prediction> {
  @Override
  public ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder,
        task.model(encoder).heads(),
        List.of(new SoftClassLoss("soft", Head.CLASSIFIER, Weight.ONE, 1)));
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    float[][] logs = examples.stream().map(TaskExample::teacherOutputs).toArray(float[][]::new);
    return Tasks.pack(spec(), examples).with(Head.CLASSIFIER, new Target.SoftClasses(logs));
  }
}
