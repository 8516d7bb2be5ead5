package io.dialogbert.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Divides the cores: ND4J, OpenBLAS and oneDNN each bring a thread pool sized to the whole machine,
 * and tasks that share a JVM would fight for it.
 */
public final class Threads {
  private static final ExecutorService POOL =
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

  /** Lets this JVM's numeric work use so many threads for each caller. */
  public static void use(int threads) {
    count = threads;
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    Nd4j.factory().blas().setMaxThreads(threads);
    useInThisThread(threads);
  }

  /** OpenMP's number, which oneDNN goes by, is the calling thread's alone. */
  private static void useInThisThread(int threads) {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  /** How many threads a caller may use. */
  static int count() {
    return count;
  }

  /**
   * Does all the work, each piece in a thread whose matrix products stay in it; a single piece in
   * the caller's own thread.
   *
   * @return the results in order
   */
  static <T> List<T> all(List<Callable<T>> work) {
    List<T> results = new ArrayList<>();
    try {
      if (work.size() == 1) {
        results.add(work.get(0).call());
      } else {
        for (Future<T> future : POOL.invokeAll(work)) {
          results.add(future.get());
        }
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a computation", e);
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
