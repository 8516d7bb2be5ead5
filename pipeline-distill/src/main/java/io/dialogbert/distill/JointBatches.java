package io.dialogbert.distill;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.objective.JoinedObjective;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.BatchSource;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.SourceDraws;
import io.dialogbert.train.engine.Engine;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * Batches of several tasks, each of one task: in-batch negatives make sense within a task alone.
 *
 * @param power of the number of a task's examples, in proportion to which it is drawn
 */
record JointBatches(Engine<PackedBatch> engine, List<Source> sources, double power, int batchSize)
    implements BatchSource<PackedBatch> {
  /** A task and the files of its training examples. */
  record Source(JoinedObjective<?> objective, List<ExampleReader.Part> parts)
      implements Serializable {
    long rows() {
      return parts.stream().mapToLong(ExampleReader.Part::rows).sum();
    }
  }

  @Override
  public Batches<PackedBatch> batches(
      Configuration hadoop, List<ExampleReader.Part> parts, String owner, long seed) {
    SourceDraws draws =
        new SourceDraws(sources.stream().mapToLong(Source::rows).toArray(), power, batchSize, seed);
    List<ExampleReader<TaskExample>> readers =
        IntStream.range(0, sources.size())
            .mapToObj(
                i ->
                    ExampleReader.shared(
                        hadoop, sources.get(i).parts(), TaskRows::decode, owner + "-" + i, seed))
            .toList();
    return (position, count) -> {
      SourceDraws.Draw draw = draws.at(position);
      ExampleReader<TaskExample> examples = readers.get(draw.source());
      return sources
          .get(draw.source())
          .objective()
          .batch(
              examples.read(draw.position(), count),
              place -> examples.epoch(draw.position() + place));
    };
  }
}
