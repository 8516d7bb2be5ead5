package io.dialogbert.distill;

import io.dialogbert.distill.teacher.TaughtStates;
import io.dialogbert.finetune.objective.DelegatingObjective;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskExample;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;

/**
 * A task that is learned together with what the teacher's layers compute. The teacher is asked
 * while a batch is made, in the thread that reads ahead.
 *
 * @param heads the student's, that learn the states; the task's own heads come first
 * @param losses of these heads
 */
record StatesObjective<O extends Serializable>(
    Objective<O> task, List<Head> heads, List<Loss> losses, Broadcast<TaughtStates> teacher)
    implements DelegatingObjective<O> {
  @Override
  public ModelConfig model(EncoderConfig encoder) {
    ModelConfig own = task.model(encoder);
    return new ModelConfig(
        encoder,
        Stream.concat(own.heads().stream(), heads.stream()).toList(),
        Stream.concat(own.losses().stream(), losses.stream()).toList());
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    try {
      return teacher.value().teach(task.batch(examples, epoch));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
