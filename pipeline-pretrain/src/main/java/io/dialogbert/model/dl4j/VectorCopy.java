package io.dialogbert.model.dl4j;

import io.dialogbert.model.kernel.HostFloats;
import io.dialogbert.model.kernel.HostMemory;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Copies between Java arrays and a network's vectors (parameters, optimizer state), a block at a
 * time, so that a vector of gigabytes is never on the heap. Not thread-safe.
 */
public final class VectorCopy {
  private final INDArray flat;
  private final HostFloats view;

  /**
   * Copies to and from a float vector of any rank. The vector must stay open while this is in use.
   */
  public VectorCopy(INDArray vector) {
    flat = vector.reshape(vector.length());
    view =
        HostMemory.shared() && vector.dataType() == DataType.FLOAT
            ? new HostFloats().bind(flat)
            : null;
  }

  public long length() {
    return flat.length();
  }

  /** A copy of the whole vector, which the caller closes. */
  public INDArray copy() {
    return flat.dup();
  }

  /** Copies {@code length} elements, starting at {@code from}, to the start of {@code target}. */
  public void read(long from, float[] target, int length) {
    if (view != null) {
      view.read(from, target, length);
    } else {
      float[] values = block(from, length).toFloatVector();
      System.arraycopy(values, 0, target, 0, length);
    }
  }

  /** Copies the first {@code length} elements of {@code source} to position {@code from}. */
  public void write(long from, float[] source, int length) {
    if (view != null) {
      view.write(from, source, length);
    } else {
      block(from, length).assign(Nd4j.createFromArray(Arrays.copyOf(source, length)));
    }
  }

  private INDArray block(long from, int length) {
    return flat.get(NDArrayIndex.interval(from, from + length));
  }
}
