package io.dialogbert.model.kernel;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Raw access to the host memory of a float array. One view is bound to one array after another, so
 * that calls allocate nothing.
 */
public final class HostFloats extends FloatPointer {
  // Keeps the memory alive while the view points into it.
  private DataBuffer owner;

  public HostFloats() {
    super((Pointer) null);
  }

  /**
   * Binds the view to an array.
   *
   * @throws IllegalArgumentException if the array is not a row-major float array without gaps
   * @throws IllegalStateException if host memory is not {@link HostMemory#shared}
   */
  public HostFloats bind(INDArray array) {
    HostMemory.requireShared();
    if (array.dataType() != DataType.FLOAT || !rowMajor(array)) {
      throw new IllegalArgumentException(
          "array must be row-major FLOAT without gaps, is "
              + array.dataType()
              + " of shape "
              + Arrays.toString(array.shape())
              + ", strides "
              + Arrays.toString(array.stride()));
    }
    owner = array.data();
    address = owner.pointer().address() + Float.BYTES * array.offset();
    position = 0;
    limit = array.length();
    capacity = limit;
    return this;
  }

  private static boolean rowMajor(INDArray array) {
    long expected = 1;
    for (int axis = array.rank() - 1; axis >= 0; axis--) {
      if (array.size(axis) > 1 && array.stride(axis) != expected) {
        return false;
      }
      expected *= array.size(axis);
    }
    return true;
  }

  /** Points at element {@code index}, to pass a part of the array to a native call. */
  HostFloats at(long index) {
    position = index;
    return this;
  }

  /** Copies {@code length} elements, starting at {@code from}, to the start of {@code target}. */
  public void read(long from, float[] target, int length) {
    read(from, target, 0, length);
  }

  public void read(long from, float[] target, int targetFrom, int length) {
    requireWithin(from, length);
    position = from;
    get(target, targetFrom, length);
  }

  /** Copies the first {@code length} elements of {@code source} to position {@code from}. */
  public void write(long from, float[] source, int length) {
    requireWithin(from, length);
    position = from;
    put(source, 0, length);
  }

  // JavaCPP does no bounds checks: a wrong index would overwrite unrelated memory.
  private void requireWithin(long from, int length) {
    if (from < 0 || from + length > capacity) {
      throw new IndexOutOfBoundsException(
          "elements " + from + " to " + (from + length) + " of " + capacity);
    }
  }

  /** Views are compared by identity, because they are rebound all the time. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
