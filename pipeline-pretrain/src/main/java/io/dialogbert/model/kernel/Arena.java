package io.dialogbert.model.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Named buffers that a network reuses from step to step. A buffer is allocated on first use and
 * grows when a larger batch comes. Its content is valid until the same slot is requested again.
 */
public final class Arena {
  private final DataType dataType;
  private final Map<String, INDArray> buffers = new HashMap<>();
  private final Map<String, INDArray> views = new HashMap<>();

  public Arena(DataType dataType) {
    this.dataType = dataType;
  }

  DataType dataType() {
    return dataType;
  }

  /** [rows, columns], row-major, content undefined. */
  public INDArray matrix(String slot, long rows, long columns) {
    return view(slot, dataType, rows, columns);
  }

  /** [length], content undefined. */
  public INDArray vector(String slot, long length) {
    return view(slot, dataType, length);
  }

  /** [length], every element 1. */
  INDArray ones(long length) {
    INDArray buffer = buffers.get("ones");
    INDArray ones = vector("ones", length);
    if (buffers.get("ones") != buffer) {
      buffers.get("ones").assign(1);
    }
    return ones;
  }

  /** int32 [values.length], a copy of {@code values}. */
  INDArray ints(String slot, int[] values) {
    INDArray target = view(slot, DataType.INT32, values.length);
    ((IntPointer) target.data().pointer()).put(values, 0, values.length);
    writtenOnHost(target);
    return target;
  }

  /** [length], the dropout mask times its scale. */
  INDArray mask(Dropout dropout, int length, int[] scratch) {
    INDArray mask = vector("mask", length);
    if (dataType == DataType.FLOAT) {
      dropout.fill(scratch, 0, length, Float.floatToRawIntBits((float) dropout.scale()));
      FloatPointer pointer = (FloatPointer) mask.data().pointer();
      new IntPointer(pointer).put(scratch, 0, length);
    } else {
      dropout.fill(scratch, 0, length, 1);
      DoublePointer pointer = (DoublePointer) mask.data().pointer();
      for (int i = 0; i < length; i++) {
        pointer.put(i, scratch[i] * dropout.scale());
      }
    }
    writtenOnHost(mask);
    return mask;
  }

  private INDArray view(String slot, DataType type, long... shape) {
    INDArray last = views.get(slot);
    if (last != null && Arrays.equals(last.shape(), shape)) {
      return last;
    }
    long length = 1;
    for (long size : shape) {
      length = Math.multiplyExact(length, size);
    }
    INDArray buffer = buffers.get(slot);
    if (buffer == null || buffer.length() < length) {
      if (buffer != null) {
        // Frees the memory now instead of at the next collection: buffers take most of the memory.
        buffer.close();
      }
      // Allocates a little more, so that batches of similar size do not grow it again and again.
      buffer = Nd4j.createUninitializedDetached(type, length + length / 16);
      buffers.put(slot, buffer);
    }
    long[] stride = shape.length == 2 ? new long[] {shape[1], 1} : new long[] {1};
    INDArray view = Nd4j.create(buffer.data(), shape, stride, 0, 'c');
    views.put(slot, view);
    return view;
  }

  /** Where arrays have a device copy, tells ND4J that the host copy is newer. */
  private static void writtenOnHost(INDArray array) {
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
  }
}
