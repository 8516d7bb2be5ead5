package io.dialogbert.model.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Views of one sequence's heads in packed arrays. D: head size. */
final class Nd4jHeads {
  private final int[] offsets;
  private final long[] probOffsets;
  private final long numHeads;
  private final long hiddenSize;
  private final long headSize;

  Nd4jHeads(INDArray qkv, int[] offsets, int numHeads) {
    this.offsets = offsets;
    this.numHeads = numHeads;
    this.hiddenSize = qkv.columns() / 3;
    this.headSize = hiddenSize / numHeads;
    this.probOffsets = new long[offsets.length];
    for (int b = 0; b < numSequences(); b++) {
      probOffsets[b + 1] = probOffsets[b] + numHeads * length(b) * length(b);
    }
  }

  int numSequences() {
    return offsets.length - 1;
  }

  double scale() {
    return 1 / Math.sqrt((double) headSize);
  }

  private long length(int b) {
    return (long) offsets[b + 1] - offsets[b];
  }

  /** [A, T, D] */
  INDArray query(INDArray qkv, int b) {
    return heads(qkv, b, 3 * hiddenSize, 0);
  }

  /** [A, T, D] */
  INDArray key(INDArray qkv, int b) {
    return heads(qkv, b, 3 * hiddenSize, hiddenSize);
  }

  /** [A, T, D] */
  INDArray value(INDArray qkv, int b) {
    return heads(qkv, b, 3 * hiddenSize, 2 * hiddenSize);
  }

  /** [A, T, D] */
  INDArray context(INDArray context, int b) {
    return heads(context, b, hiddenSize, 0);
  }

  private INDArray heads(INDArray matrix, int b, long rowLength, long column) {
    long[] shape = {numHeads, length(b), headSize};
    long[] stride = {headSize, rowLength, 1};
    return Nd4j.create(
        matrix.data(), shape, stride, matrix.offset() + offsets[b] * rowLength + column, 'c');
  }

  /** [A, T, T] */
  INDArray probs(INDArray probs, int b) {
    long[] shape = {numHeads, length(b), length(b)};
    long[] stride = {length(b) * length(b), length(b), 1};
    return Nd4j.create(probs.data(), shape, stride, probs.offset() + probOffsets[b], 'c');
  }

  /** [A * T, T] */
  INDArray probRows(INDArray probs, int b) {
    long[] shape = {numHeads * length(b), length(b)};
    long[] stride = {length(b), 1};
    return Nd4j.create(probs.data(), shape, stride, probs.offset() + probOffsets[b], 'c');
  }
}
