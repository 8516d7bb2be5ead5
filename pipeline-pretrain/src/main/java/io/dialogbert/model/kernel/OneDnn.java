package io.dialogbert.model.kernel;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * oneDNN's matrix product.
 *
 * <p>It uses the number of threads that OpenMP allows the calling thread: {@code OMP_NUM_THREADS}
 * of the process, by default one per core.
 */
final class OneDnn {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
  private static final boolean AVAILABLE = load();

  private OneDnn() {}

  /** Whether the library loads on this machine; if not, logs it once. */
  static boolean available() {
    return AVAILABLE;
  }

  private static boolean load() {
    try {
      Loader.load(dnnl.class);
      return true;
    } catch (LinkageError e) {
      LOG.warn(
          "oneDNN does not load here, ND4J does its work several times slower: {}", e.toString());
      return false;
    }
  }

  /**
   * c = alpha op(a) op(b) + beta c for row-major matrices that start at the pointers' positions;
   * op(x) is x or its transpose.
   *
   * @param m rows of op(a) and of c
   * @param n columns of op(b) and of c
   * @param k columns of op(a), rows of op(b)
   * @param lda distance in elements between two rows of a in memory; likewise ldb, ldc
   */
  static void gemm(
      boolean transposeA,
      boolean transposeB,
      long m,
      long n,
      long k,
      float alpha,
      FloatPointer a,
      long lda,
      FloatPointer b,
      long ldb,
      float beta,
      FloatPointer c,
      long ldc) {
    int status =
        dnnl.dnnl_sgemm(
            op(transposeA), op(transposeB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    if (status != dnnl.dnnl_success) {
      throw new IllegalStateException(
          "oneDNN refused a product of " + m + " x " + k + " x " + n + " with status " + status);
    }
  }

  private static byte op(boolean transpose) {
    return (byte) (transpose ? 'T' : 'N');
  }
}
