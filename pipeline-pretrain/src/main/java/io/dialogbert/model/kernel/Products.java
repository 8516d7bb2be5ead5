package io.dialogbert.model.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The matrix products of a linear map of weight [O, K]; x is [N, K], y and dy are [N, O]. All are
 * floats, row-major without gaps. An instance serves one thread at a time.
 */
interface Products {
  /** See {@link Kernels#freeze}. */
  INDArray freeze(INDArray weight);

  /**
   * y = x w', added to y or not.
   *
   * @param weight [O, K], or what {@link #freeze} made of it
   */
  void forward(INDArray x, INDArray weight, boolean add, INDArray y);

  /** dx = dy w, added to dx or not. */
  void backwardInput(INDArray dy, INDArray weight, boolean add, INDArray dx);

  /** dw = dy' x. */
  void backwardWeight(INDArray x, INDArray dy, INDArray dWeight);

  /** The fastest products of a precision. */
  static Products of(Precision precision) {
    return switch (precision.here()) {
      case BFLOAT16 -> new Bfloat16Products();
      case INT8 -> new Int8Products();
      default -> new FloatProducts();
    };
  }
}
