package io.dialogbert.model.kernel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Kernels#attention} and its gradient. Runs a small matrix product per sequence and head, in
 * place on the packed arrays. Softmax and dropout take one pass over the probabilities. T: length
 * of a sequence.
 */
final class OneDnnAttention {
  private final FloatBits blocks;
  private final Arena scratch = new Arena(DataType.FLOAT);
  // A second view of the same array, for products that read two parts of it.
  private final HostFloats qkv = new HostFloats();
  private final HostFloats qkvOther = new HostFloats();
  private final HostFloats probs = new HostFloats();
  private final HostFloats kept = new HostFloats();
  private final HostFloats context = new HostFloats();
  private final HostFloats dProbs = new HostFloats();
  private final HostFloats dQkv = new HostFloats();
  private float[] p = new float[0];
  private float[] d = new float[0];
  private float[] mask = new float[0];

  private int hiddenSize;
  private int headSize;
  private int numHeads;
  private float scale;

  OneDnnAttention(FloatBits blocks) {
    this.blocks = blocks;
  }

  /** [A, T, T] for each sequence in turn. */
  static long numProbs(int[] offsets, int numHeads) {
    long squares = 0;
    for (int b = 0; b + 1 < offsets.length; b++) {
      long length = (long) offsets[b + 1] - offsets[b];
      squares += length * length;
    }
    return squares * numHeads;
  }

  private void start(INDArray qkvArray, INDArray probsArray, INDArray contextArray, int heads) {
    numHeads = heads;
    hiddenSize = contextArray.columns();
    headSize = hiddenSize / heads;
    scale = (float) (1 / Math.sqrt(headSize));
    qkv.bind(qkvArray);
    qkvOther.bind(qkvArray);
    probs.bind(probsArray);
    context.bind(contextArray);
  }

  /** Binds scratch large enough for the probabilities of the longest sequence. */
  private void bindScratch(HostFloats view, String slot, int[] offsets) {
    long longest = 0;
    for (int b = 0; b + 1 < offsets.length; b++) {
      longest = Math.max(longest, offsets[b + 1] - offsets[b]);
    }
    view.bind(scratch.vector(slot, numHeads * longest * longest));
  }

  private int rowsPerBlock(int length) {
    int size = Math.max(FloatBits.SIZE, length);
    if (p.length < size) {
      p = new float[size];
      d = new float[size];
      mask = new float[size];
    }
    return Math.max(1, FloatBits.SIZE / length);
  }

  /** Index of a token's query, key or value of a head; {@code part} is 0, 1 or 2. */
  private long qkvAt(int row, int part, int head) {
    return 3L * hiddenSize * row + (long) part * hiddenSize + (long) head * headSize;
  }

  void forward(
      INDArray qkvArray,
      int[] offsets,
      int heads,
      Dropout dropout,
      INDArray probsArray,
      INDArray contextArray) {
    start(qkvArray, probsArray, contextArray, heads);
    if (dropout.active()) {
      bindScratch(kept, "kept", offsets);
    }
    long first = 0;
    for (int b = 0; b + 1 < offsets.length; b++) {
      int row = offsets[b];
      int length = offsets[b + 1] - row;
      long square = (long) length * length;
      for (int head = 0; head < heads; head++) {
        OneDnn.gemm(
            false,
            true,
            length,
            length,
            headSize,
            scale,
            qkv.at(qkvAt(row, 0, head)),
            3L * hiddenSize,
            qkvOther.at(qkvAt(row, 1, head)),
            3L * hiddenSize,
            0,
            probs.at(first + head * square),
            length);
      }
      softmax(first, length, dropout);
      HostFloats weights = dropout.active() ? kept : probs;
      long firstWeight = dropout.active() ? 0 : first;
      for (int head = 0; head < heads; head++) {
        OneDnn.gemm(
            false,
            false,
            length,
            headSize,
            length,
            1,
            weights.at(firstWeight + head * square),
            length,
            qkv.at(qkvAt(row, 2, head)),
            3L * hiddenSize,
            0,
            context.at((long) row * hiddenSize + (long) head * headSize),
            hiddenSize);
      }
      first += heads * square;
    }
  }

  /** Turns scores into probabilities; with dropout, also writes the probabilities after dropout. */
  private void softmax(long first, int length, Dropout dropout) {
    int rows = numHeads * length;
    int step = rowsPerBlock(length);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row) * length;
      long at = (long) row * length;
      probs.read(first + at, p, count);
      for (int i = 0; i < count; i += length) {
        VectorLoops.shift(p, i, i + length, -VectorLoops.max(p, i, i + length));
      }
      blocks.exp(p, count);
      for (int i = 0; i < count; i += length) {
        VectorLoops.scale(p, i, i + length, 1 / VectorLoops.sum(p, i, i + length));
      }
      probs.write(first + at, p, count);
      if (dropout.active()) {
        blocks.mask(dropout, first + at, mask, count);
        VectorLoops.multiply(p, mask, count);
        kept.write(at, p, count);
      }
    }
  }

  void backward(
      INDArray qkvArray,
      int[] offsets,
      int heads,
      Dropout dropout,
      INDArray probsArray,
      INDArray dContext,
      INDArray dQkvArray) {
    start(qkvArray, probsArray, dContext, heads);
    dQkv.bind(dQkvArray);
    bindScratch(dProbs, "dProbs", offsets);
    if (dropout.active()) {
      bindScratch(kept, "kept", offsets);
    }
    long first = 0;
    for (int b = 0; b + 1 < offsets.length; b++) {
      int row = offsets[b];
      int length = offsets[b + 1] - row;
      long square = (long) length * length;
      for (int head = 0; head < heads; head++) {
        OneDnn.gemm(
            false,
            true,
            length,
            length,
            headSize,
            1,
            context.at((long) row * hiddenSize + (long) head * headSize),
            hiddenSize,
            qkv.at(qkvAt(row, 2, head)),
            3L * hiddenSize,
            0,
            dProbs.at(head * square),
            length);
      }
      softmaxBackward(first, length, dropout);
      HostFloats weights = dropout.active() ? kept : probs;
      long firstWeight = dropout.active() ? 0 : first;
      for (int head = 0; head < heads; head++) {
        transposed(
            weights.at(firstWeight + head * square),
            context.at((long) row * hiddenSize + (long) head * headSize),
            hiddenSize,
            1,
            length,
            dQkv.at(qkvAt(row, 2, head)));
        OneDnn.gemm(
            false,
            false,
            length,
            headSize,
            length,
            scale,
            dProbs.at(head * square),
            length,
            qkv.at(qkvAt(row, 1, head)),
            3L * hiddenSize,
            0,
            dQkv.at(qkvAt(row, 0, head)),
            3L * hiddenSize);
        transposed(
            dProbs.at(head * square),
            qkv.at(qkvAt(row, 0, head)),
            3L * hiddenSize,
            scale,
            length,
            dQkv.at(qkvAt(row, 1, head)));
      }
      first += heads * square;
    }
  }

  /** Columns of one head: c = alpha a' b, where a is [T, T] and c is a part of dQkv. */
  private void transposed(
      HostFloats a, HostFloats b, long ldb, float alpha, int length, HostFloats c) {
    OneDnn.gemm(
        true, false, length, headSize, length, alpha, a, length, b, ldb, 0, c, 3L * hiddenSize);
  }

  /** Turns gradients of probabilities into those of scores, in place; redraws the dropout mask. */
  private void softmaxBackward(long first, int length, Dropout dropout) {
    int rows = numHeads * length;
    int step = rowsPerBlock(length);
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row) * length;
      long at = (long) row * length;
      probs.read(first + at, p, count);
      dProbs.read(at, d, count);
      if (dropout.active()) {
        blocks.mask(dropout, first + at, mask, count);
        VectorLoops.multiply(d, mask, count);
        VectorLoops.multiply(mask, p, count);
        kept.write(at, mask, count);
      }
      for (int i = 0; i < count; i += length) {
        float sum = VectorLoops.dot(p, d, i, i + length);
        VectorLoops.softmaxBackward(d, p, i, i + length, sum);
      }
      dProbs.write(at, d, count);
    }
  }
}
