package io.dialogbert.model.kernel;

import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The place of an array of any type in host memory. */
final class HostBytes extends Pointer {
  // Keeps the memory alive while the view points into it.
  private DataBuffer owner;

  HostBytes() {
    super((Pointer) null);
  }

  /**
   * Binds the view to an array.
   *
   * @param from number of bytes to leave out
   */
  HostBytes bind(INDArray array, long from) {
    HostMemory.requireShared();
    owner = array.data();
    address = owner.pointer().address() + array.dataType().width() * array.offset() + from;
    return this;
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
