package io.dialogbert.model.dl4j;

import io.dialogbert.common.BadInputException;
import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.PackedBatch;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Converts a packed batch to and from the padded float arrays that DL4J passes around. Ids are
 * integers below 2^24, which a float represents exactly. Letters: B sequences, T longest sequence,
 * C classes.
 *
 * <ul>
 *   <li>features [B, 4, T]: input ids, segment ids, turn ids, input mask (1 = real token)
 *   <li>pretraining labels [B, 1 + T]: next-sentence label or -1, then for each position the
 *       original token id if the token is masked, else -1
 *   <li>classification labels [B, 1] or [B, 1 + C]: class label, then the teacher's logits
 * </ul>
 */
public final class BatchArrays {
  private static final int CHANNELS = 4;

  private BatchArrays() {}

  public static INDArray features(PackedBatch batch) {
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

  public static INDArray pretrainingLabels(PackedBatch batch) {
    if (batch.hasLabels()) {
      batch.requireLabels(2);
    }
    int width = 1 + batch.maxLength();
    float[] values = new float[batch.numSequences() * width];
    Arrays.fill(values, -1);
    int m = 0;
    for (int b = 0; b < batch.numSequences(); b++) {
      values[b * width] = batch.hasLabels() ? batch.labels()[b] : PretrainExample.NO_PAIR;
      int end = batch.sequenceOffsets()[b + 1];
      for (; m < batch.numMasked() && batch.maskedRows()[m] < end; m++) {
        int position = batch.maskedRows()[m] - batch.sequenceOffsets()[b];
        values[b * width + 1 + position] = batch.maskedLmIds()[m];
      }
    }
    return Nd4j.createFromArray(values).reshape(batch.numSequences(), width);
  }

  static INDArray classificationLabels(PackedBatch batch) {
    float[][] teacherLogits = batch.teacherLogits();
    int width = 1 + (teacherLogits.length == 0 ? 0 : teacherLogits[0].length);
    float[] values = new float[batch.numSequences() * width];
    for (int b = 0; b < batch.numSequences(); b++) {
      values[b * width] = batch.labels()[b];
      if (width > 1) {
        System.arraycopy(teacherLogits[b], 0, values, b * width + 1, width - 1);
      }
    }
    return Nd4j.createFromArray(values).reshape(batch.numSequences(), width);
  }

  /** The sequences without labels. */
  static PackedBatch unpack(INDArray features) {
    return builder(features, new float[0][]).build();
  }

  public static PackedBatch unpackPretraining(INDArray features, INDArray labels) {
    return builder(features, labels.toFloatMatrix()).build();
  }

  static PackedBatch unpackClassification(INDArray features, INDArray labels) {
    float[][] rows = labels.toFloatMatrix();
    float[][] classes = new float[rows.length][];
    float[][] teacherLogits = new float[rows.length][];
    for (int b = 0; b < rows.length; b++) {
      classes[b] = Arrays.copyOf(rows[b], 1);
      teacherLogits[b] = Arrays.copyOfRange(rows[b], 1, rows[b].length);
    }
    PackedBatch batch = builder(features, classes).build();
    return labels.columns() == 1 ? batch : batch.withTeacherLogits(teacherLogits);
  }

  private static PackedBatch.Builder builder(INDArray features, float[][] labels) {
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
      int[] inputIds = ints(values, at, length);
      int[] segmentIds = ints(values, at + t, length);
      int[] turnIds = ints(values, at + 2 * t, length);
      if (labels.length == 0) {
        builder.add(inputIds, segmentIds, turnIds);
      } else {
        int[] positions = maskedPositions(labels[b]);
        int[] maskedLmIds = maskedLmIds(labels[b], positions);
        builder.addMasked(
            inputIds, segmentIds, turnIds, positions, maskedLmIds, (int) labels[b][0]);
      }
    }
    return builder;
  }

  private static int[] ints(float[] values, int from, int length) {
    int[] ints = new int[length];
    for (int i = 0; i < length; i++) {
      ints[i] = (int) values[from + i];
    }
    return ints;
  }

  private static int[] maskedLmIds(float[] labels, int[] positions) {
    int[] ids = new int[positions.length];
    for (int m = 0; m < ids.length; m++) {
      ids[m] = (int) labels[1 + positions[m]];
    }
    return ids;
  }

  private static int[] maskedPositions(float[] labels) {
    int[] positions = new int[labels.length - 1];
    int count = 0;
    for (int position = 0; position < positions.length; position++) {
      if (labels[1 + position] >= 0) {
        positions[count++] = position;
      }
    }
    return Arrays.copyOf(positions, count);
  }
}
