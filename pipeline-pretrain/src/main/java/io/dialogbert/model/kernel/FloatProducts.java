package io.dialogbert.model.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of floats. */
final class FloatProducts implements Products {
  private final HostFloats left = new HostFloats();
  private final HostFloats right = new HostFloats();
  private final HostFloats result = new HostFloats();

  /** Column-major: oneDNN multiplies the few rows of a small batch up to twice as fast. */
  @Override
  public INDArray freeze(INDArray weight) {
    return weight.dup('f');
  }

  @Override
  public void forward(INDArray x, INDArray weight, boolean add, INDArray y) {
    long k = x.columns();
    long o = y.columns();
    boolean columnMajor = isColumnMajor(weight);
    OneDnn.gemm(
        false,
        !columnMajor,
        y.rows(),
        o,
        k,
        1,
        left.bind(x),
        k,
        right.bind(columnMajor ? weight.transpose() : weight),
        columnMajor ? o : k,
        add ? 1 : 0,
        result.bind(y),
        o);
  }

  private static boolean isColumnMajor(INDArray weight) {
    return weight.stride(0) == 1 && weight.stride(1) == weight.size(0);
  }

  @Override
  public void backwardInput(INDArray dy, INDArray weight, boolean add, INDArray dx) {
    long o = dy.columns();
    long k = dx.columns();
    OneDnn.gemm(
        false,
        false,
        dx.rows(),
        k,
        o,
        1,
        left.bind(dy),
        o,
        right.bind(weight),
        k,
        add ? 1 : 0,
        result.bind(dx),
        k);
  }

  @Override
  public void backwardWeight(INDArray x, INDArray dy, INDArray dWeight) {
    long k = x.columns();
    long o = dy.columns();
    OneDnn.gemm(
        true,
        false,
        o,
        k,
        x.rows(),
        1,
        left.bind(dy),
        o,
        right.bind(x),
        k,
        0,
        result.bind(dWeight),
        k);
  }
}
