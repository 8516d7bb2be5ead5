package io.dialogbert.guard;

import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;

/** Notes hand-overs. Selected by the system property {@code opexec}. */
public final class GuardedExecutioner extends NativeOpExecutioner {
  @Override
  public void commit() {
    super.commit();
    Guard.commit();
  }
}
