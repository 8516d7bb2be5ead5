package io.dialogbert.model.kernel;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The heads of a batch whose sequences are padded to the longest. So attention is a few operations
 * on whole arrays, however many sequences there are. Letters: B sequences, A heads, T longest
 * sequence, D head size, N tokens, H = A D.
 */
final class Nd4jHeads {
  /** Added to the scores of padding: far below any score, and finite in float. */
  private static final double HIDDEN = -1e30;

  private final Arena scratch;
  private final int[] offsets;
  private final long numHeads;
  private final long hiddenSize;
  private final long longest;
  private final INDArray rows;
  private final INDArray bias;
  private INDArray indexes;

  /** Keeps its arrays in {@code scratch}, where the next batch's overwrite them. */
  Nd4jHeads(Arena scratch, int[] offsets, int numHeads, long hiddenSize) {
    this.scratch = scratch;
    this.offsets = offsets.clone();
    this.numHeads = numHeads;
    this.hiddenSize = hiddenSize;
    this.longest = longest(offsets);
    int width = Math.toIntExact(longest);
    int[] padded = new int[offsets[numSequences()]];
    double[] hidden = new double[Math.multiplyExact(numSequences(), width)];
    for (int b = 0; b < numSequences(); b++) {
      for (int i = 0; i < length(b); i++) {
        padded[offsets[b] + i] = b * width + i;
      }
      Arrays.fill(hidden, b * width + length(b), (b + 1) * width, HIDDEN);
    }
    rows = scratch.ints("heads.rows", padded);
    bias =
        scratch
            .vector("heads.bias", hidden.length)
            .assign(Nd4j.createFromArray(hidden))
            .reshape(numSequences(), 1, 1, longest);
  }

  /** A T T for each sequence. */
  static long numProbs(int[] offsets, int numHeads) {
    long longest = longest(offsets);
    return longest * longest * numHeads * (offsets.length - 1);
  }

  private static long longest(int[] offsets) {
    int longest = 0;
    for (int b = 0; b + 1 < offsets.length; b++) {
      longest = Math.max(longest, offsets[b + 1] - offsets[b]);
    }
    return longest;
  }

  boolean areOf(int[] otherOffsets, int otherHeads, long otherSize) {
    return numHeads == otherHeads
        && hiddenSize == otherSize
        && Arrays.equals(offsets, otherOffsets);
  }

  private int numSequences() {
    return offsets.length - 1;
  }

  private int length(int b) {
    return offsets[b + 1] - offsets[b];
  }

  double scale() {
    return 1 / Math.sqrt((double) hiddenSize / numHeads);
  }

  /** [B, 1, 1, T] 0, or far below 0 for padding. */
  INDArray bias() {
    return bias;
  }

  /**
   * The index of each probability among those of all sequences without padding, [A, length, length]
   * for each sequence in turn: {@link Dropout} depends on it. Undefined for padding.
   *
   * @return int32 [B A T T]
   */
  INDArray indexes() {
    if (indexes == null) {
      int[] firsts = new int[numSequences()];
      int[] squares = new int[numSequences()];
      int[] lengths = new int[numSequences()];
      for (int b = 0; b < numSequences(); b++) {
        lengths[b] = length(b);
        squares[b] = lengths[b] * lengths[b];
        if (b > 0) {
          // May wrap around, as the index does in Dropout.
          firsts[b] = firsts[b - 1] + (int) numHeads * squares[b - 1];
        }
      }
      INDArray all = scratch.ints("heads.indexes", numProbs(offsets, (int) numHeads));
      INDArray sum = all.reshape(numSequences(), numHeads, longest, longest);
      sum.assign(0);
      sum.addi(perSequence("heads.firsts", firsts));
      sum.addi(perSequence("heads.squares", squares).mul(range(numHeads, 1)));
      sum.addi(perSequence("heads.lengths", lengths).mul(range(longest, 2)));
      sum.addi(range(longest, 3));
      indexes = all;
    }
    return indexes;
  }

  /** int32 [B, 1, 1, 1] */
  private INDArray perSequence(String slot, int[] values) {
    return scratch.ints(slot, values).reshape(values.length, 1, 1, 1);
  }

  /** int32 0, 1, ... along one of four axes. */
  private INDArray range(long size, int axis) {
    long[] shape = {1, 1, 1, 1};
    shape[axis] = size;
    return scratch.range("heads.range", Math.toIntExact(size)).reshape(shape);
  }

  /** Copies [N, columns] into [B T, columns], with zeros as padding. */
  INDArray pad(String slot, INDArray packed) {
    INDArray padded = matrix(slot, packed.columns());
    padded.assign(0);
    Nd4j.exec(
        DynamicCustomOp.builder("scatter_upd")
            .addInputs(padded, rows, packed)
            .addOutputs(padded)
            .build());
    return padded;
  }

  /** Copies [B T, columns] into [N, columns], without the padding. */
  void unpad(INDArray padded, INDArray packed) {
    Nd4j.exec(
        DynamicCustomOp.builder("gather")
            .addInputs(padded, rows)
            .addOutputs(packed)
            .addIntegerArguments(0)
            .build());
  }

  /** [B T, columns], content undefined. */
  INDArray matrix(String slot, long columns) {
    return scratch.matrix(slot, numSequences() * longest, columns);
  }

  /** [B, A, T, D] of [B T, 3 H] */
  INDArray query(INDArray qkv) {
    return view(qkv, 0);
  }

  /** [B, A, T, D] of [B T, 3 H] */
  INDArray key(INDArray qkv) {
    return view(qkv, hiddenSize);
  }

  /** [B, A, T, D] of [B T, 3 H] */
  INDArray value(INDArray qkv) {
    return view(qkv, 2 * hiddenSize);
  }

  /** [B, A, T, D] of [B T, H] */
  INDArray context(INDArray context) {
    return view(context, 0);
  }

  private INDArray view(INDArray matrix, long column) {
    long headSize = hiddenSize / numHeads;
    long rowLength = matrix.columns();
    long[] shape = {numSequences(), numHeads, longest, headSize};
    long[] stride = {longest * rowLength, headSize, rowLength, 1};
    return Nd4j.create(matrix.data(), shape, stride, matrix.offset() + column, 'c');
  }

  /** [B, A, T, T] of a vector */
  INDArray square(INDArray probs) {
    return probs.reshape(numSequences(), numHeads, longest, longest);
  }

  /** [B A T, T] of a vector */
  INDArray probRows(INDArray probs) {
    return probs.reshape(numSequences() * numHeads * longest, longest);
  }
}
