package io.dialogbert.model.kernel;

import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whether Java may read and write arrays through their host pointers, from any thread. That holds
 * on the CPU: an array's host pointer is its memory. On a card it is a copy, and operations of one
 * thread may still run when another thread looks at their result. So there only ND4J operations
 * touch arrays, and all of a task's operations come from one thread.
 */
public final class HostMemory {
  /** System property: {@code separate} makes the CPU be used like a card, for tests. */
  public static final String PROPERTY = "dialogbert.host-memory";

  private static final boolean SEPARATE = "separate".equals(System.getProperty(PROPERTY));

  private HostMemory() {}

  public static boolean shared() {
    return !SEPARATE && Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
  }

  /**
   * @throws IllegalStateException if host memory is not {@link #shared}
   */
  static void requireShared() {
    if (!shared()) {
      throw new IllegalStateException(
          "host pointers are not the arrays' memory on this backend ("
              + Nd4j.getExecutioner().type()
              + "); use ND4J operations");
    }
  }
}
