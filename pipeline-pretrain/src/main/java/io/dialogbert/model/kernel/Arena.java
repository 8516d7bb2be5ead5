package io.dialogbert.model.kernel;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
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
    return ints(slot, values.length).assign(Nd4j.createFromArray(values));
  }

  /** int32 [length], content undefined. */
  INDArray ints(String slot, long length) {
    return view(slot, DataType.INT32, length);
  }

  /** int32 [length], 0, 1, ... */
  INDArray range(String slot, int length) {
    INDArray range = ints(slot, length);
    Nd4j.exec(
        DynamicCustomOp.builder("range")
            .addInputs(Nd4j.scalar(0), Nd4j.scalar(length), Nd4j.scalar(1))
            .addOutputs(range)
            .build());
    return range;
  }

  /** uint32 [length], content undefined. */
  INDArray unsigned(String slot, long length) {
    return view(slot, DataType.UINT32, length);
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
}
