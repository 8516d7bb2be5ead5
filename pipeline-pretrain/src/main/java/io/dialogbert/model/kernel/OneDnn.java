package io.dialogbert.model.kernel;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.stream;
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

  /** The processor, as oneDNN names it. */
  static engine engine() {
    return Processor.ENGINE;
  }

  /** Runs what it is given at once, in the calling thread; all threads may share it. */
  static stream stream() {
    return Processor.STREAM;
  }

  private static final class Processor {
    private static final engine ENGINE = new engine(engine.kind.cpu, 0);
    private static final stream STREAM = new stream(ENGINE);
  }

  /**
   * Whether the processor has tiles that multiply bfloat16. With AVX512_BF16 alone, oneDNN
   * multiplies arrays of floats as floats all the same.
   */
  static boolean multipliesBfloat16() {
    return includes(dnnl.dnnl_get_effective_cpu_isa(), dnnl.dnnl_cpu_isa_avx512_core_amx);
  }

  /**
   * Whether the processor adds products of bytes in 32 bits at once. Others add two of them in 16
   * bits first, which is enough for 7-bit weights.
   */
  static boolean addsInt8Exactly() {
    int isa = dnnl.dnnl_get_effective_cpu_isa();
    return includes(isa, dnnl.dnnl_cpu_isa_avx512_core_vnni)
        || includes(isa, dnnl.dnnl_cpu_isa_avx2_vnni);
  }

  // Sets of instructions are sets of bits.
  private static boolean includes(int isa, int part) {
    return (isa & part) == part;
  }

  /** Name of the largest set of instructions that oneDNN uses here. */
  static String isa() {
    return AVAILABLE ? dnnl.get_effective_cpu_isa().intern().name() : "no oneDNN";
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
