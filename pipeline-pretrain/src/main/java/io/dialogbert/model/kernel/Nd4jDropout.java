package io.dialogbert.model.kernel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/** The masks of {@link Dropout#fill} as ND4J operations, which run where the arrays are. */
final class Nd4jDropout {
  private final Arena scratch;

  Nd4jDropout(Arena scratch) {
    this.scratch = scratch;
  }

  /** [length], the mask of consecutive elements times its scale. */
  INDArray mask(Dropout dropout, long length) {
    return mask(dropout, scratch.range("dropout.indexes", Math.toIntExact(length)));
  }

  /**
   * [length], the mask of any elements times its scale.
   *
   * @param indexes int32 [length] their indexes
   */
  INDArray mask(Dropout dropout, INDArray indexes) {
    // Unsigned, so that shifts bring in zeros.
    INDArray hash = scratch.unsigned("dropout.hash", indexes.length());
    INDArray shifted = scratch.unsigned("dropout.shifted", indexes.length());
    hash.assign(indexes);
    apply("multiply", hash, unsigned(Dropout.FACTOR), hash);
    apply("bitwise_xor", hash, unsigned(dropout.low()), hash);
    apply("rshift_bits", hash, unsigned(16), shifted);
    apply("bitwise_xor", hash, shifted, hash);
    apply("multiply", hash, unsigned(Dropout.FIRST_FACTOR), hash);
    apply("bitwise_xor", hash, unsigned(dropout.high()), hash);
    apply("rshift_bits", hash, unsigned(13), shifted);
    apply("bitwise_xor", hash, shifted, hash);
    apply("multiply", hash, unsigned(Dropout.SECOND_FACTOR), hash);
    apply("rshift_bits", hash, unsigned(16), shifted);
    apply("bitwise_xor", hash, shifted, hash);
    apply("rshift_bits", hash, unsigned(8), hash);
    // Below 2^24, so exact in float.
    INDArray mask = scratch.vector("dropout.mask", indexes.length());
    mask.assign(hash);
    mask.subi(dropout.threshold());
    Nd4j.exec(new Step(mask, mask, -0.5));
    return mask.muli(dropout.scale());
  }

  private static INDArray unsigned(int value) {
    return Nd4j.scalar(value).castTo(DataType.UINT32);
  }

  private static void apply(String operation, INDArray x, INDArray y, INDArray z) {
    Nd4j.exec(DynamicCustomOp.builder(operation).addInputs(x, y).addOutputs(z).build());
  }
}
