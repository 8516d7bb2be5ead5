package io.dialogbert.guard;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.cpu.nativecpu.buffer.DefaultDataBufferFactory;

/**
 * Makes buffers of floats, doubles and ints that throw in two cases: our code asks for their host
 * pointer; or a thread touches them after another one that has not committed. Selected by the
 * system property {@code databufferfactory}.
 */
public final class GuardedBuffers extends DefaultDataBufferFactory {
  @Override
  public DataBuffer create(DataBuffer viewed, long offset, long length) {
    if (!(viewed instanceof Guarded guarded)) {
      return super.create(viewed, offset, length);
    }
    return switch (viewed.dataType()) {
      case FLOAT -> new GuardedFloats(viewed, length, offset, guarded.guard());
      case DOUBLE -> new GuardedDoubles(viewed, length, offset, guarded.guard());
      default -> new GuardedInts(viewed, length, offset, guarded.guard());
    };
  }

  @Override
  public DataBuffer create(DataType type, long length, boolean initialize) {
    return create(type, length, initialize, null);
  }

  @Override
  public DataBuffer create(
      DataType type, long length, boolean initialize, MemoryWorkspace workspace) {
    return switch (type) {
      case FLOAT -> createFloat(length, initialize, workspace);
      case DOUBLE -> createDouble(length, initialize, workspace);
      case INT -> createInt(length, initialize, workspace);
      default ->
          workspace == null
              ? super.create(type, length, initialize)
              : super.create(type, length, initialize, workspace);
    };
  }

  @Override
  public DataBuffer createFloat(long length) {
    return new GuardedFloats(length, true);
  }

  @Override
  public DataBuffer createFloat(long length, boolean initialize) {
    return new GuardedFloats(length, initialize);
  }

  @Override
  public DataBuffer createFloat(long length, boolean initialize, MemoryWorkspace workspace) {
    return workspace == null
        ? new GuardedFloats(length, initialize)
        : new GuardedFloats(length, initialize, workspace);
  }

  @Override
  public DataBuffer createFloat(float[] values) {
    return new GuardedFloats(values);
  }

  @Override
  public DataBuffer createFloat(float[] values, boolean copy) {
    return new GuardedFloats(values);
  }

  @Override
  public DataBuffer createFloat(float[] values, MemoryWorkspace workspace) {
    return createFloat(values, true, workspace);
  }

  @Override
  public DataBuffer createFloat(float[] values, boolean copy, MemoryWorkspace workspace) {
    return workspace == null ? new GuardedFloats(values) : new GuardedFloats(values, workspace);
  }

  @Override
  public DataBuffer createDouble(long length) {
    return new GuardedDoubles(length, true);
  }

  @Override
  public DataBuffer createDouble(long length, boolean initialize) {
    return new GuardedDoubles(length, initialize);
  }

  @Override
  public DataBuffer createDouble(long length, boolean initialize, MemoryWorkspace workspace) {
    return workspace == null
        ? new GuardedDoubles(length, initialize)
        : new GuardedDoubles(length, initialize, workspace);
  }

  @Override
  public DataBuffer createDouble(double[] values) {
    return new GuardedDoubles(values);
  }

  @Override
  public DataBuffer createDouble(double[] values, boolean copy) {
    return new GuardedDoubles(values);
  }

  @Override
  public DataBuffer createDouble(double[] values, MemoryWorkspace workspace) {
    return createDouble(values, true, workspace);
  }

  @Override
  public DataBuffer createDouble(double[] values, boolean copy, MemoryWorkspace workspace) {
    return workspace == null ? new GuardedDoubles(values) : new GuardedDoubles(values, workspace);
  }

  @Override
  public DataBuffer createInt(long length) {
    return new GuardedInts(length, true);
  }

  @Override
  public DataBuffer createInt(long length, boolean initialize) {
    return new GuardedInts(length, initialize);
  }

  @Override
  public DataBuffer createInt(long length, boolean initialize, MemoryWorkspace workspace) {
    return workspace == null
        ? new GuardedInts(length, initialize)
        : new GuardedInts(length, initialize, workspace);
  }

  @Override
  public DataBuffer createInt(int[] values) {
    return new GuardedInts(values);
  }

  @Override
  public DataBuffer createInt(int[] values, boolean copy) {
    return new GuardedInts(values);
  }

  @Override
  public DataBuffer createInt(int[] values, MemoryWorkspace workspace) {
    return createInt(values, true, workspace);
  }

  @Override
  public DataBuffer createInt(int[] values, boolean copy, MemoryWorkspace workspace) {
    return workspace == null ? new GuardedInts(values) : new GuardedInts(values, workspace);
  }
}
