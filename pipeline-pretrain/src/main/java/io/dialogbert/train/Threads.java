package io.dialogbert.train;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Divides the cores: ND4J and OpenBLAS each bring a thread pool sized to the whole machine, and
 * tasks that share a JVM would fight for it.
 */
public final class Threads {
  private Threads() {}

  /** Lets this JVM's numeric libraries use so many threads for each caller. */
  public static void use(int threads) {
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    Nd4j.factory().blas().setMaxThreads(threads);
    // OpenMP's own number is the calling thread's alone; oneDNN goes by it.
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }
}
