package io.dialogbert.finetune;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.ClassificationModel;
import io.dialogbert.model.head.ClassificationScore;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.TrainingTask;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.MultiDataSet;

/** Classification of contexts, with a teacher's logits if the network's loss needs them. */
public record ClassificationTask(String networkJson) implements TrainingTask<TaskExample> {

  @Override
  public TaskExample decode(Group row) {
    return TaskRows.decode(row);
  }

  @Override
  public MultiDataSet batch(List<TaskExample> examples, IntToLongFunction epoch) {
    float[][] teacherLogits =
        examples.stream().map(TaskExample::teacherLogits).toArray(float[][]::new);
    PackedBatch batch = pack(examples);
    return ClassificationModel.toDataSet(
        teacherLogits[0].length == 0 ? batch : batch.withTeacherLogits(teacherLogits));
  }

  @Override
  public Map<String, Double> lastLosses(ComputationGraph graph) {
    ClassificationScore score = ClassificationModel.lastTrainingScore(graph);
    return ClassificationModel.learnsFromTeacher(graph)
        ? Map.of("loss", score.hardLoss(), "soft_loss", score.softLoss())
        : Map.of("loss", score.hardLoss());
  }

  /** The examples as one packed batch. */
  public static PackedBatch pack(List<TaskExample> examples) {
    PackedBatch.Builder batch = PackedBatch.builder();
    for (TaskExample example : examples) {
      batch.addLabeled(
          example.inputIds(), example.segmentIds(), example.turnIds(), example.label());
    }
    return batch.build();
  }
}
