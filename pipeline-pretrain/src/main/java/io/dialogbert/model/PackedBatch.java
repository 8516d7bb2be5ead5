package io.dialogbert.model;

import io.dialogbert.common.BadInputException;
import io.dialogbert.example.PretrainExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sequences of one batch, laid end to end without padding. Letters: B sequences, N tokens of
 * all sequences together, M masked tokens. The batch owns its arrays: callers must not change them.
 *
 * @param inputIds [N] token ids
 * @param positionIds [N] position within the sequence, from 0
 * @param segmentIds [N]
 * @param turnIds [N]
 * @param sequenceOffsets [B + 1]: sequence b is rows sequenceOffsets[b] to sequenceOffsets[b + 1]
 * @param maskedRows [M] packed rows whose original token is to be predicted, ascending
 * @param maskedLmIds [M] original token ids at those rows
 * @param labels [B] next-sentence labels (0 = truly follows, 1 = random) or class labels; [0]
 *     without labels, as in examples without pairs
 * @param teacherLogits [B][C] a teacher's logits for each sequence; [0][] without a teacher
 */
public record PackedBatch(
    int[] inputIds,
    int[] positionIds,
    int[] segmentIds,
    int[] turnIds,
    int[] sequenceOffsets,
    int[] maskedRows,
    int[] maskedLmIds,
    int[] labels,
    float[][] teacherLogits) {
  /** Teacher logits of a batch without a teacher. */
  public static final float[][] NO_TEACHER = {};

  /**
   * Checks lengths and offsets.
   *
   * @throws IllegalArgumentException if two of them do not match; names both values
   */
  public PackedBatch {
    int n = inputIds.length;
    requireLength("positionIds", positionIds.length, n);
    requireLength("segmentIds", segmentIds.length, n);
    requireLength("turnIds", turnIds.length, n);
    requireLength("maskedLmIds", maskedLmIds.length, maskedRows.length);
    if (sequenceOffsets.length < 2 || sequenceOffsets[0] != 0) {
      throw new IllegalArgumentException("a batch needs at least one sequence, starting at row 0");
    }
    requireLength("last sequence offset", sequenceOffsets[sequenceOffsets.length - 1], n);
    for (int b = 0; b + 1 < sequenceOffsets.length; b++) {
      if (sequenceOffsets[b + 1] <= sequenceOffsets[b]) {
        throw new IllegalArgumentException("sequence " + b + " is empty");
      }
    }
    if (labels.length > 0) {
      requireLength("labels", labels.length, sequenceOffsets.length - 1);
    }
    if (teacherLogits.length > 0) {
      requireLength("teacherLogits", teacherLogits.length, sequenceOffsets.length - 1);
    }
    for (int m = 0; m < maskedRows.length; m++) {
      int least = m == 0 ? 0 : maskedRows[m - 1] + 1;
      if (maskedRows[m] < least || maskedRows[m] >= n) {
        throw new IllegalArgumentException(
            "masked rows must ascend within the batch's "
                + n
                + " rows; number "
                + m
                + " is "
                + maskedRows[m]);
      }
    }
  }

  private static void requireLength(String name, int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(name + " is " + actual + " long, expected " + expected);
    }
  }

  /**
   * The same sequences with a teacher's logits.
   *
   * @param logits [B][C]
   */
  public PackedBatch withTeacherLogits(float[][] logits) {
    return new PackedBatch(
        inputIds,
        positionIds,
        segmentIds,
        turnIds,
        sequenceOffsets,
        maskedRows,
        maskedLmIds,
        labels,
        logits);
  }

  /** Starts an empty batch. */
  public static Builder builder() {
    return new Builder();
  }

  /** B, number of sequences. */
  public int numSequences() {
    return sequenceOffsets.length - 1;
  }

  /** N, number of tokens. */
  public int numTokens() {
    return inputIds.length;
  }

  /** M, number of masked tokens. */
  public int numMasked() {
    return maskedRows.length;
  }

  /** Whether the sequences have labels. */
  public boolean hasLabels() {
    return labels.length > 0;
  }

  /** Length of the longest sequence. */
  public int maxLength() {
    int longest = 0;
    for (int b = 0; b < numSequences(); b++) {
      longest = Math.max(longest, sequenceOffsets[b + 1] - sequenceOffsets[b]);
    }
    return longest;
  }

  /** [B] the first row of each sequence, that of {@code [CLS]}. */
  public int[] firstRows() {
    int[] rows = new int[numSequences()];
    System.arraycopy(sequenceOffsets, 0, rows, 0, rows.length);
    return rows;
  }

  /**
   * Divides the sequences, in order, into parts with about the same number of tokens.
   *
   * @return {@code numParts} batches, or one per sequence if there are fewer sequences
   */
  List<PackedBatch> split(int numParts) {
    int count = Math.min(numParts, numSequences());
    if (count == 1) {
      return List.of(this);
    }
    List<PackedBatch> parts = new ArrayList<>();
    int from = 0;
    for (int i = 1; i < count; i++) {
      // Leaves at least one sequence for each part that follows.
      int last = numSequences() - (count - i);
      int to = from + 1;
      while (to < last
          && (long) count * (sequenceOffsets[to] + sequenceOffsets[to + 1])
              <= 2L * i * numTokens()) {
        to++;
      }
      parts.add(part(from, to));
      from = to;
    }
    parts.add(part(from, numSequences()));
    return parts;
  }

  /**
   * Divides the sequences, in order, into as few parts as possible of at most {@code maxSequences}
   * each. The sizes of the parts differ by at most one sequence.
   */
  List<PackedBatch> splitBySequences(int maxSequences) {
    int count = (numSequences() - 1) / maxSequences + 1;
    if (count == 1) {
      return List.of(this);
    }
    List<PackedBatch> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) numSequences() * i / count);
      int to = (int) ((long) numSequences() * (i + 1) / count);
      parts.add(part(from, to));
    }
    return parts;
  }

  private PackedBatch part(int fromSequence, int toSequence) {
    int from = sequenceOffsets[fromSequence];
    int to = sequenceOffsets[toSequence];
    int fromMask = firstMask(from);
    int toMask = firstMask(to);
    return new PackedBatch(
        Arrays.copyOfRange(inputIds, from, to),
        Arrays.copyOfRange(positionIds, from, to),
        Arrays.copyOfRange(segmentIds, from, to),
        Arrays.copyOfRange(turnIds, from, to),
        shifted(sequenceOffsets, fromSequence, toSequence + 1, from),
        shifted(maskedRows, fromMask, toMask, from),
        Arrays.copyOfRange(maskedLmIds, fromMask, toMask),
        labels.length == 0 ? labels : Arrays.copyOfRange(labels, fromSequence, toSequence),
        teacherLogits.length == 0
            ? teacherLogits
            : Arrays.copyOfRange(teacherLogits, fromSequence, toSequence));
  }

  /** Index of the first masked row at or after a row. */
  private int firstMask(int row) {
    int index = Arrays.binarySearch(maskedRows, row);
    return index < 0 ? -index - 1 : index;
  }

  private static int[] shifted(int[] rows, int from, int to, int by) {
    return Arrays.stream(rows, from, to).map(row -> row - by).toArray();
  }

  /**
   * Checks every id against the encoder that will read them.
   *
   * @throws BadInputException if an id is out of range; names the id, its limit and its place in
   *     the batch
   */
  void requireFits(EncoderConfig config) {
    if (maxLength() > config.maxPositionEmbeddings()) {
      throw new BadInputException(
          "a sequence has "
              + maxLength()
              + " tokens, more than the encoder's max-position-embeddings = "
              + config.maxPositionEmbeddings()
              + "; build the examples with a smaller max-sequence-length, or pretrain an encoder of"
              + " more positions");
    }
    requireBelow("token id", inputIds, config.vocabSize());
    requireBelow("position", positionIds, config.maxPositionEmbeddings());
    requireBelow("segment id", segmentIds, config.typeVocabSize());
    requireBelow("turn id", turnIds, config.turnVocabSize());
    requireBelow("masked-LM id", maskedLmIds, config.vocabSize());
  }

  /**
   * Checks the labels against the head that will learn them.
   *
   * @throws BadInputException if there are no labels or one is not below {@code numClasses}
   */
  public void requireLabels(int numClasses) {
    if (labels.length == 0) {
      throw new BadInputException(
          "a batch of " + numSequences() + " sequences without labels cannot be scored");
    }
    requireBelow("label", labels, numClasses);
  }

  private static void requireBelow(String what, int[] ids, int limit) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= limit) {
        throw new BadInputException(
            what
                + " "
                + ids[i]
                + " is outside 0.."
                + (limit - 1)
                + " (element "
                + i
                + " of the batch)");
      }
    }
  }

  /** Collects sequences. Either all sequences of a batch have labels or none has. */
  public static final class Builder {
    private final List<int[]> inputIds = new ArrayList<>();
    private final List<int[]> segmentIds = new ArrayList<>();
    private final List<int[]> turnIds = new ArrayList<>();
    private final List<int[]> maskedPositions = new ArrayList<>();
    private final List<int[]> maskedIds = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    private Builder() {}

    /** Adds a sequence to embed or classify. */
    public Builder add(int[] inputIds, int[] segmentIds, int[] turnIds) {
      this.inputIds.add(inputIds);
      this.segmentIds.add(segmentIds);
      this.turnIds.add(turnIds);
      this.maskedPositions.add(new int[0]);
      this.maskedIds.add(new int[0]);
      return this;
    }

    /** Adds a sequence with its class label. */
    public Builder addLabeled(int[] inputIds, int[] segmentIds, int[] turnIds, int label) {
      add(inputIds, segmentIds, turnIds);
      labels.add(label);
      return this;
    }

    /**
     * Adds a pretraining example.
     *
     * @param inputIds token ids, already masked
     * @param maskedLmPositions positions within the sequence, ascending
     * @param maskedLmIds the original token ids there
     * @param nextSentenceLabel 0 = truly follows, 1 = random, -1 = no pair; if -1, then for the
     *     whole batch
     */
    public Builder addMasked(
        int[] inputIds,
        int[] segmentIds,
        int[] turnIds,
        int[] maskedLmPositions,
        int[] maskedLmIds,
        int nextSentenceLabel) {
      for (int position : maskedLmPositions) {
        if (position < 0 || position >= inputIds.length) {
          throw new IllegalArgumentException(
              "masked position "
                  + position
                  + " lies outside a sequence of "
                  + inputIds.length
                  + " tokens");
        }
      }
      if (nextSentenceLabel == PretrainExample.NO_PAIR) {
        add(inputIds, segmentIds, turnIds);
      } else {
        addLabeled(inputIds, segmentIds, turnIds, nextSentenceLabel);
      }
      this.maskedPositions.set(maskedPositions.size() - 1, maskedLmPositions);
      this.maskedIds.set(maskedIds.size() - 1, maskedLmIds);
      return this;
    }

    public int numSequences() {
      return inputIds.size();
    }

    public PackedBatch build() {
      int[] offsets = new int[inputIds.size() + 1];
      for (int b = 0; b < inputIds.size(); b++) {
        offsets[b + 1] = offsets[b] + inputIds.get(b).length;
      }
      int[] positions = new int[offsets[inputIds.size()]];
      List<int[]> maskedRows = new ArrayList<>();
      for (int b = 0; b < inputIds.size(); b++) {
        for (int row = offsets[b]; row < offsets[b + 1]; row++) {
          positions[row] = row - offsets[b];
        }
        int[] rows = maskedPositions.get(b).clone();
        for (int m = 0; m < rows.length; m++) {
          rows[m] += offsets[b];
        }
        maskedRows.add(rows);
      }
      return new PackedBatch(
          concatenate(inputIds),
          positions,
          concatenate(segmentIds),
          concatenate(turnIds),
          offsets,
          concatenate(maskedRows),
          concatenate(maskedIds),
          labels.stream().mapToInt(Integer::intValue).toArray(),
          NO_TEACHER);
    }

    private static int[] concatenate(List<int[]> parts) {
      return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
  }
}
