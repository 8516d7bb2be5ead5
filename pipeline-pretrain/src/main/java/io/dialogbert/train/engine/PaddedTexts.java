package io.dialogbert.train.engine;

import io.dialogbert.model.PackedBatch;

/**
 * The texts of a batch, padded at their ends, as DL4J's recurrent layers read them. Letters: B
 * texts, T tokens of the longest.
 *
 * @param ids [B, 1, T] token ids, 0 after a text's end
 * @param mask [B, T] 1 for each token of a text, 0 after its end
 */
record PaddedTexts(float[][][] ids, float[][] mask) {

  /** Each sequence as one text. */
  static PaddedTexts of(PackedBatch batch) {
    int[] offsets = batch.sequenceOffsets();
    PaddedTexts texts = empty(batch.numSequences(), batch.maxLength());
    for (int b = 0; b < batch.numSequences(); b++) {
      texts.fill(b, batch, offsets[b], offsets[b + 1]);
    }
    return texts;
  }

  /**
   * Each sequence as two texts: the tokens of segment 0, and those of segment 1. The first half of
   * the texts are the first ones, the other half the second ones, in the order of the sequences.
   *
   * @throws IllegalArgumentException if a sequence has no second text
   */
  static PaddedTexts ofPairs(PackedBatch batch) {
    int[] offsets = batch.sequenceOffsets();
    int pairs = batch.numSequences();
    int[] middles = new int[pairs];
    int longest = 0;
    for (int b = 0; b < pairs; b++) {
      int middle = offsets[b];
      while (middle < offsets[b + 1] && batch.segmentIds()[middle] == 0) {
        middle++;
      }
      if (middle == offsets[b + 1]) {
        throw new IllegalArgumentException("sequence " + b + " has no second text");
      }
      middles[b] = middle;
      longest = Math.max(longest, Math.max(middle - offsets[b], offsets[b + 1] - middle));
    }
    PaddedTexts texts = empty(2 * pairs, longest);
    for (int b = 0; b < pairs; b++) {
      texts.fill(b, batch, offsets[b], middles[b]);
      texts.fill(pairs + b, batch, middles[b], offsets[b + 1]);
    }
    return texts;
  }

  private static PaddedTexts empty(int texts, int longest) {
    return new PaddedTexts(new float[texts][1][longest], new float[texts][longest]);
  }

  private void fill(int text, PackedBatch batch, int from, int to) {
    for (int row = from; row < to; row++) {
      ids[text][0][row - from] = batch.inputIds()[row];
      mask[text][row - from] = 1;
    }
  }
}
