package io.dialogbert.finetune.train;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.TrainingTask;
import io.dialogbert.train.engine.Engine;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;

/** Training for an objective. */
record FinetuneTask(Engine<PackedBatch> engine, Objective<?> objective)
    implements TrainingTask<TaskExample, PackedBatch> {
  @Override
  public TaskExample decode(Group row) {
    return TaskRows.decode(row);
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    return objective.batch(examples, epoch);
  }
}
