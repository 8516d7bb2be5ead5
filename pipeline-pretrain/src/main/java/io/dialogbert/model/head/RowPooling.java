package io.dialogbert.model.head;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.Encoder;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Kernels;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The rows that a head reads of one batch. Letters: N tokens, B sequences, H hidden, R rows of the
 * head.
 */
final class RowPooling {
  private final Head head;
  private final PackedBatch batch;
  private final int[] rows;

  /**
   * @param chosen packed rows for {@link Head.Pooling#TOKENS}; empty for all tokens
   */
  RowPooling(Head head, PackedBatch batch, Optional<int[]> chosen) {
    this.head = head;
    this.batch = batch;
    this.rows =
        switch (head.pooling()) {
          case FIRST, MEAN, QKV -> new int[0];
          case MARKED -> marks(head, batch);
          case TOKENS -> chosen.orElseGet(() -> IntStream.range(0, batch.numTokens()).toArray());
        };
  }

  private static int[] marks(Head head, PackedBatch batch) {
    if (batch.markedRows().length == 0) {
      throw new BadInputException(
          "head " + head.name() + " reads marked tokens, but the batch has no marks");
    }
    return batch.markedRows();
  }

  /** Whether there is no row to read. */
  boolean isEmpty() {
    return head.pooling() == Head.Pooling.TOKENS && rows.length == 0;
  }

  /** [R, K] rows of a finished forward pass, in a buffer that the next call overwrites. */
  INDArray forward(Encoder encoder, Kernels kernels, Arena arena) {
    if (head.pooling() == Head.Pooling.QKV) {
      INDArray qkv = encoder.qkv(head.layer());
      return arena.matrix(head.buffer("pooled"), qkv.rows(), qkv.columns()).assign(qkv);
    }
    INDArray sequence = head.readsLayer() ? encoder.hidden(head.layer()) : encoder.sequenceOutput();
    long h = sequence.columns();
    int b = batch.numSequences();
    switch (head.pooling()) {
      case FIRST -> {
        return arena.matrix(head.buffer("pooled"), b, h).assign(encoder.pooledOutput());
      }
      case MEAN -> {
        INDArray means = arena.matrix(head.buffer("pooled"), b, h);
        means.assign(0);
        kernels.scatterAddRows(sequence, batch.sequenceOfRows(), means);
        return means.diviColumnVector(lengths(means));
      }
      default -> {
        INDArray gathered = arena.matrix(head.buffer("pooled"), rows.length, h);
        kernels.gatherRows(sequence, rows, gathered);
        return head.pooling() == Head.Pooling.MARKED ? gathered.reshape(b, 2 * h) : gathered;
      }
    }
  }

  /**
   * Adds the gradient of the rows to that of what they were read from.
   *
   * @param dRows [R, K]; overwritten
   * @param dTokens [N, H] of the states that it reads, or [N, 3D] of the layer's qkv
   * @param dPooled [B, H]
   */
  void backward(INDArray dRows, INDArray dTokens, INDArray dPooled, Kernels kernels, Arena arena) {
    switch (head.pooling()) {
      case FIRST -> dPooled.addi(dRows);
      case QKV -> dTokens.addi(dRows);
      case MEAN -> {
        INDArray spread = arena.matrix("d.spread", batch.numTokens(), dTokens.columns());
        kernels.gatherRows(dRows.diviColumnVector(lengths(dRows)), batch.sequenceOfRows(), spread);
        dTokens.addi(spread);
      }
      default ->
          kernels.scatterAddRows(dRows.reshape(rows.length, dTokens.columns()), rows, dTokens);
    }
  }

  private INDArray lengths(INDArray like) {
    int[] offsets = batch.sequenceOffsets();
    double[] lengths =
        IntStream.range(0, batch.numSequences())
            .mapToDouble(b -> offsets[b + 1] - offsets[b])
            .toArray();
    return Nd4j.createFromArray(lengths).castTo(like.dataType()).reshape(lengths.length, 1);
  }
}
