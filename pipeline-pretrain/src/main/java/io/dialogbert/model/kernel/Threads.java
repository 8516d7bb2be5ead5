package io.dialogbert.model.kernel;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Divides the cores. ND4J, OpenBLAS and oneDNN each have a thread pool sized to the whole machine,
 * and tasks that share a JVM would compete for it.
 */
public final class Threads {
  private static final Executor POOL =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread =
                new Thread(
                    () -> {
                      useInThisThread(1);
                      work.run();
                    },
                    "dialogbert-compute");
            thread.setDaemon(true);
            return thread;
          });

  private static volatile int count = Runtime.getRuntime().availableProcessors();

  private Threads() {}

  /** Sets the number of threads that this JVM's numeric work may use for each caller. */
  public static void use(int threads) {
    count = threads;
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    Nd4j.factory().blas().setMaxThreads(threads);
    useInThisThread(threads);
  }

  /** OpenMP's thread count, which oneDNN uses, applies only to the calling thread. */
  private static void useInThisThread(int threads) {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  /** Number of threads that oneDNN uses for the calling thread. */
  static int inThisThread() {
    return NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
  }

  /** Number of threads that a caller may use; 1 if host memory is not {@link HostMemory#shared}. */
  public static int count() {
    return HostMemory.shared() ? count : 1;
  }

  /**
   * Runs all pieces of work, each in its own thread with single-threaded matrix products. A single
   * piece runs in the caller's thread. Returns only when all pieces have ended, even if one fails
   * or the caller is interrupted: others may use their arrays after that. Work on arrays must be a
   * single piece if {@link #count} is 1.
   *
   * @return the results in order
   */
  public static <T> List<T> all(List<Supplier<T>> work) {
    if (work.size() == 1) {
      return Collections.singletonList(work.get(0).get());
    }
    List<CompletableFuture<T>> pieces =
        work.stream().map(piece -> CompletableFuture.supplyAsync(piece, POOL)).toList();
    try {
      CompletableFuture.allOf(pieces.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException runtime ? runtime : e;
    }
    return pieces.stream().map(CompletableFuture::join).toList();
  }
}
