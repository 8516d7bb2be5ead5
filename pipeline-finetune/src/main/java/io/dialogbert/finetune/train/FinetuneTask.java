package io.dialogbert.finetune.train;

import io.dialogbert.common.Seeds;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.TrainingTask;
import io.dialogbert.train.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;

/**
 * Training for an objective.
 *
 * @param swapsPairs whether each epoch shows a pair in either order, by chance
 */
record FinetuneTask(Engine<PackedBatch> engine, Objective<?> objective, boolean swapsPairs)
    implements TrainingTask<TaskExample, PackedBatch> {
  @Override
  public TaskExample decode(Group row) {
    return TaskRows.decode(row);
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    return objective.batch(swapsPairs ? shuffled(examples, epoch) : examples, epoch);
  }

  private static List<TaskExample> shuffled(List<TaskExample> examples, IntToLongFunction epoch) {
    List<TaskExample> pairs = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      TaskExample pair = examples.get(i);
      boolean swaps = (Seeds.hash(epoch.applyAsLong(i), "order", pair.exampleId()) & 1) == 1;
      pairs.add(swaps ? pair.swapped() : pair);
    }
    return pairs;
  }
}
