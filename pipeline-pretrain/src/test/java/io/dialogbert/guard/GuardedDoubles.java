package io.dialogbert.guard;

import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.cpu.nativecpu.buffer.DoubleBuffer;
import org.nd4j.nativeblas.OpaqueDataBuffer;

final class GuardedDoubles extends DoubleBuffer implements Guarded {
  private final transient Guard guard;

  GuardedDoubles(long length, boolean initialize) {
    super(length, initialize);
    guard = new Guard();
  }

  GuardedDoubles(long length, boolean initialize, MemoryWorkspace workspace) {
    super(length, initialize, workspace);
    guard = new Guard();
  }

  GuardedDoubles(double[] values) {
    super(values, true);
    guard = new Guard();
  }

  GuardedDoubles(double[] values, MemoryWorkspace workspace) {
    super(values, true, workspace);
    guard = new Guard();
  }

  GuardedDoubles(DataBuffer viewed, long length, long offset, Guard guard) {
    super(viewed, length, offset);
    this.guard = guard;
  }

  @Override
  public Guard guard() {
    return guard;
  }

  @Override
  protected DataBuffer create(long length) {
    return new GuardedDoubles(length, true);
  }

  @Override
  public Pointer pointer() {
    Guard.givePointer(this);
    return super.pointer();
  }

  @Override
  public Pointer addressPointer() {
    Guard.givePointer(this);
    return super.addressPointer();
  }

  @Override
  public long address() {
    Guard.givePointer(this);
    return super.address();
  }

  @Override
  public OpaqueDataBuffer getOpaqueDataBuffer() {
    Guard.touch(this);
    return super.getOpaqueDataBuffer();
  }

  @Override
  public float getFloat(long index) {
    Guard.read(this);
    return super.getFloat(index);
  }

  @Override
  public double getDouble(long index) {
    Guard.read(this);
    return super.getDouble(index);
  }

  @Override
  public int getInt(long index) {
    Guard.read(this);
    return super.getInt(index);
  }

  @Override
  public long getLong(long index) {
    Guard.read(this);
    return super.getLong(index);
  }

  @Override
  public void put(long index, float value) {
    Guard.touch(this);
    super.put(index, value);
  }

  @Override
  public void put(long index, double value) {
    Guard.touch(this);
    super.put(index, value);
  }

  @Override
  public void put(long index, int value) {
    Guard.touch(this);
    super.put(index, value);
  }

  @Override
  public void put(long index, long value) {
    Guard.touch(this);
    super.put(index, value);
  }
}
