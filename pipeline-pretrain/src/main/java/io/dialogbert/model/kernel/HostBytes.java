package io.dialogbert.model.kernel;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Raw access to the host memory of an array of any type, from its first element on. */
final class HostBytes extends BytePointer {
  // Keeps the memory alive while the view points into it.
  private DataBuffer owner;

  HostBytes() {
    super((Pointer) null);
  }

  HostBytes bind(INDArray array) {
    HostMemory.requireShared();
    owner = array.data();
    address = owner.pointer().address() + array.dataType().width() * array.offset();
    position = 0;
    limit = array.dataType().width() * array.length();
    capacity = limit;
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
