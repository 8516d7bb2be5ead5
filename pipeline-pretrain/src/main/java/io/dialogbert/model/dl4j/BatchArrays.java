package io.dialogbert.model.dl4j;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.ScoreLoss;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.SoftOutputLoss;
import io.dialogbert.model.head.SpanLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Converts a packed batch to and from the padded float arrays of DL4J's own training and Spark
 * classes. This project's trainer takes packed batches as they are. Ids are integers below 2^24,
 * which a float represents exactly. Letters: B sequences, T longest sequence, C classes.
 *
 * <ul>
 *   <li>features [B, 4, T]: input ids, segment ids, turn ids, input mask (1 = real token)
 *   <li>labels [B, columns], side by side for each loss of the model: a class or a score (1), a
 *       teacher's logits or other outputs (C), positions of a span's first and last token (2), or
 *       the class of each token (T); NaN where there is none
 * </ul>
 */
public final class BatchArrays {
  private static final int CHANNELS = 4;

  private BatchArrays() {}

  /**
   * Converts a batch.
   *
   * @throws IllegalArgumentException if the model compares sequences of a batch, which DL4J may
   *     divide, or if tokens are marked: the arrays have no place for marks
   */
  public static MultiDataSet toDataSet(ModelConfig model, PackedBatch batch) {
    if (batch.markedRows().length > 0) {
      throw new IllegalArgumentException(
          "the padded arrays have no place for marked tokens; train on packed batches");
    }
    return new MultiDataSet(features(batch), labels(model, batch));
  }

  static INDArray features(PackedBatch batch) {
    int t = batch.maxLength();
    float[] values = new float[batch.numSequences() * CHANNELS * t];
    for (int b = 0; b < batch.numSequences(); b++) {
      int from = batch.sequenceOffsets()[b];
      for (int row = from; row < batch.sequenceOffsets()[b + 1]; row++) {
        int at = b * CHANNELS * t + row - from;
        values[at] = batch.inputIds()[row];
        values[at + t] = batch.segmentIds()[row];
        values[at + 2 * t] = batch.turnIds()[row];
        values[at + 3 * t] = 1;
      }
    }
    return Nd4j.createFromArray(values).reshape(batch.numSequences(), CHANNELS, t);
  }

  private static INDArray labels(ModelConfig model, PackedBatch batch) {
    int t = batch.maxLength();
    float[][] rows = new float[batch.numSequences()][];
    for (int b = 0; b < rows.length; b++) {
      rows[b] = new float[model.losses().stream().mapToInt(loss -> columns(model, loss, t)).sum()];
      Arrays.fill(rows[b], Float.NaN);
    }
    int from = 0;
    for (Loss loss : model.losses()) {
      if (loss.target(batch).isPresent()) {
        write(loss.target(batch).get(), batch, rows, from);
      }
      from += columns(model, loss, t);
    }
    return Nd4j.createFromArray(rows);
  }

  private static int columns(ModelConfig model, Loss loss, int t) {
    Head head = model.head(loss.head());
    if (loss instanceof ClassLoss) {
      return head.pooling() == Head.Pooling.TOKENS ? t : 1;
    } else if (loss instanceof SoftClassLoss || loss instanceof SoftOutputLoss) {
      return head.numOutputs(model.encoder());
    } else if (loss instanceof SpanLoss) {
      return 2;
    } else if (loss instanceof ScoreLoss) {
      return 1;
    }
    throw new IllegalArgumentException(
        loss.lossName() + " compares sequences of a batch, which DL4J may divide");
  }

  private static void write(Target target, PackedBatch batch, float[][] rows, int from) {
    int[] offsets = batch.sequenceOffsets();
    if (target instanceof Target.TokenClasses tokens) {
      int b = 0;
      for (int i = 0; i < tokens.rows().length; i++) {
        while (tokens.rows()[i] >= offsets[b + 1]) {
          b++;
        }
        rows[b][from + tokens.rows()[i] - offsets[b]] = tokens.labels()[i];
      }
      return;
    }
    for (int b = 0; b < rows.length; b++) {
      if (target instanceof Target.Classes classes) {
        rows[b][from] = classes.labels()[b];
      } else if (target instanceof Target.Scores scores) {
        rows[b][from] = scores.scores()[b];
      } else if (target instanceof Target.SoftClasses soft) {
        System.arraycopy(soft.logits()[b], 0, rows[b], from, soft.logits()[b].length);
      } else if (target instanceof Target.SoftOutputs soft && b < soft.outputs().length) {
        System.arraycopy(soft.outputs()[b], 0, rows[b], from, soft.outputs()[b].length);
      } else if (target instanceof Target.Spans spans) {
        rows[b][from] = spans.firstRows()[b] - offsets[b];
        rows[b][from + 1] = spans.lastRows()[b] - offsets[b];
      }
    }
  }

  /** The sequences without targets. */
  static PackedBatch unpack(INDArray features) {
    if (features.rank() != 3 || features.size(1) != CHANNELS) {
      throw new BadInputException(
          "features must have shape [B, "
              + CHANNELS
              + ", T], have "
              + Arrays.toString(features.shape()));
    }
    int t = Math.toIntExact(features.size(2));
    float[] values = features.dup('c').data().asFloat();
    PackedBatch.Builder builder = PackedBatch.builder();
    for (int b = 0; b < features.size(0); b++) {
      int at = b * CHANNELS * t;
      int length = 0;
      while (length < t && values[at + 3 * t + length] != 0) {
        length++;
      }
      builder.add(
          ints(values, at, length), ints(values, at + t, length), ints(values, at + 2 * t, length));
    }
    return builder.build();
  }

  /** The sequences with the targets of a model's losses. */
  static PackedBatch unpack(ModelConfig model, INDArray features, INDArray labels) {
    PackedBatch batch = unpack(features);
    float[][] rows = labels.toFloatMatrix();
    int t = Math.toIntExact(features.size(2));
    int from = 0;
    for (Loss loss : model.losses()) {
      int columns = columns(model, loss, t);
      if (model.head(loss.head()).pooling() == Head.Pooling.TOKENS && loss instanceof ClassLoss) {
        batch = batch.with(loss.head(), tokenClasses(batch, rows, from));
      } else if (!Float.isNaN(rows[0][from])) {
        batch = batch.with(loss.head(), target(loss, batch, rows, from, columns));
      }
      from += columns;
    }
    return batch;
  }

  private static Target target(
      Loss loss, PackedBatch batch, float[][] rows, int from, int columns) {
    float[] first = column(rows, from);
    if (loss instanceof ClassLoss) {
      return new Target.Classes(ints(first, 0, first.length));
    } else if (loss instanceof ScoreLoss) {
      return new Target.Scores(first);
    } else if (loss instanceof SpanLoss) {
      float[] last = column(rows, from + 1);
      int[] firstRows = ints(first, 0, first.length);
      int[] lastRows = ints(last, 0, last.length);
      for (int b = 0; b < rows.length; b++) {
        firstRows[b] += batch.sequenceOffsets()[b];
        lastRows[b] += batch.sequenceOffsets()[b];
      }
      return new Target.Spans(firstRows, lastRows);
    }
    float[][] outputs =
        Arrays.stream(rows)
            .takeWhile(row -> !Float.isNaN(row[from]))
            .map(row -> Arrays.copyOfRange(row, from, from + columns))
            .toArray(float[][]::new);
    return loss instanceof SoftClassLoss
        ? new Target.SoftClasses(outputs)
        : new Target.SoftOutputs(outputs);
  }

  private static Target tokenClasses(PackedBatch batch, float[][] labels, int from) {
    List<Integer> rows = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (int b = 0; b < labels.length; b++) {
      int first = batch.sequenceOffsets()[b];
      for (int row = first; row < batch.sequenceOffsets()[b + 1]; row++) {
        float label = labels[b][from + row - first];
        if (!Float.isNaN(label)) {
          rows.add(row);
          classes.add((int) label);
        }
      }
    }
    return new Target.TokenClasses(
        rows.stream().mapToInt(Integer::intValue).toArray(),
        classes.stream().mapToInt(Integer::intValue).toArray());
  }

  private static float[] column(float[][] rows, int column) {
    float[] values = new float[rows.length];
    for (int b = 0; b < rows.length; b++) {
      values[b] = rows[b][column];
    }
    return values;
  }

  private static int[] ints(float[] values, int from, int length) {
    int[] ints = new int[length];
    for (int i = 0; i < length; i++) {
      ints[i] = (int) values[from + i];
    }
    return ints;
  }
}
