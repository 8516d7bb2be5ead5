package io.dialogbert.finetune.objective;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.engine.Predictor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * A task as one of several of a network: its heads have names of their own, and its losses are
 * named after it.
 *
 * @param task the same task by itself
 * @param number of the task in its network, from 0
 */
public record JoinedObjective<O extends Serializable>(Objective<O> task, int number)
    implements DelegatingObjective<O> {
  /** A network of several tasks: one encoder with the heads and losses of each. */
  public static ModelConfig model(EncoderConfig encoder, List<JoinedObjective<?>> tasks) {
    List<Head> heads = new ArrayList<>();
    List<Loss> losses = new ArrayList<>();
    for (JoinedObjective<?> task : tasks) {
      ModelConfig own = task.model(encoder);
      heads.addAll(own.heads());
      losses.addAll(own.losses());
    }
    return new ModelConfig(encoder, heads, losses);
  }

  /** Name of a head or of a head's parameter in the network of several tasks. */
  public String joined(String name) {
    return "task" + number + "." + name;
  }

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    ModelConfig own = task.model(encoder);
    return new ModelConfig(
        encoder,
        own.heads().stream().map(head -> head.withName(joined(head.name()))).toList(),
        own.losses().stream()
            .map(loss -> loss.of(named(loss.name()), joined(loss.head())))
            .toList());
  }

  private String named(String loss) {
    return loss.isEmpty() ? spec().name() : spec().name() + "_" + loss;
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    return task.batch(examples, epoch).withHeads(this::joined);
  }

  @Override
  public List<O> observe(Predictor<PackedBatch> network, List<TaskExample> examples) {
    return task.observe((batch, head) -> network.predict(batch, joined(head)), examples);
  }
}
