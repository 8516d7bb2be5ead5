package io.dialogbert.model.dl4j;

import io.dialogbert.model.kernel.HostFloats;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Copies between arrays of Java and a network's vectors (parameters, optimiser state), a block at a
 * time, so that a vector of gigabytes never stands in the heap. One thread.
 */
public final class VectorCopy {
  private final INDArray flat;
  private final HostFloats view;

  /** Over a vector of floats of any rank, which must not be closed while this is in use. */
  public VectorCopy(INDArray vector) {
    flat = vector.reshape(vector.length());
    boolean cpu = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    view = cpu && vector.dataType() == DataType.FLOAT ? new HostFloats().bind(flat) : null;
  }

  public long length() {
    return flat.length();
  }

  /** Copies elements {@code from} on into the first {@code length} of {@code target}. */
  public void read(long from, float[] target, int length) {
    if (view != null) {
      view.read(from, target, length);
    } else {
      float[] values = block(from, length).toFloatVector();
      System.arraycopy(values, 0, target, 0, length);
    }
  }

  /** Copies the first {@code length} of {@code source} to elements {@code from} on. */
  public void write(long from, float[] source, int length) {
    if (view != null) {
      view.write(from, source, length);
    } else {
      block(from, length).assign(Nd4j.createFromArray(java.util.Arrays.copyOf(source, length)));
    }
  }

  private INDArray block(long from, int length) {
    return flat.get(NDArrayIndex.interval(from, from + length));
  }
}
