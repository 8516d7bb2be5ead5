package io.dialogbert.distill;

import io.dialogbert.distill.teacher.TaughtStates;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.train.PretrainingTask;
import io.dialogbert.train.TrainingTask;
import io.dialogbert.train.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;
import org.apache.spark.broadcast.Broadcast;

/** Pretraining with a teacher that reads the same masked batches. */
record TaughtPretraining(PretrainingTask task, Broadcast<TaughtStates> teacher)
    implements TrainingTask<PretrainExample, PackedBatch> {
  @Override
  public Engine<PackedBatch> engine() {
    return task.engine();
  }

  @Override
  public PretrainExample decode(Group row) {
    return task.decode(row);
  }

  @Override
  public PackedBatch batch(List<PretrainExample> examples, IntToLongFunction epoch) {
    try {
      return teacher.value().teach(task.batch(examples, epoch));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
