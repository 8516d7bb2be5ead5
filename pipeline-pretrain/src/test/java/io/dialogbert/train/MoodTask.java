package io.dialogbert.train;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.train.engine.BertEngine;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.apache.parquet.example.data.Group;

/** The example of the README. */
record MoodTask(BertEngine engine) implements TrainingTask<MoodTask.Line, PackedBatch> {
  record Line(int[] inputIds, int mood) {}

  static ModelConfig model(EncoderConfig encoder, ClassSet moods) {
    return new ModelConfig(
        encoder,
        List.of(Head.classifier("mood", moods)),
        List.of(new ClassLoss("mood", "mood", Weight.ONE)));
  }

  @Override
  public Line decode(Group row) {
    return new Line(ExampleReader.ints(row, "input_ids"), row.getInteger("mood", 0));
  }

  @Override
  public PackedBatch batch(List<Line> lines, IntToLongFunction epoch) {
    PackedBatch.Builder batch = PackedBatch.builder();
    for (Line line : lines) {
      int length = line.inputIds().length;
      batch.add(line.inputIds(), new int[length], new int[length]);
    }
    int[] moods = lines.stream().mapToInt(Line::mood).toArray();
    return batch.build().with("mood", new Target.Classes(moods));
  }
}
