package io.dialogbert.model;

import io.dialogbert.common.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The sequences of one batch, laid end to end without padding, and the targets of the heads.
 * Letters: B sequences, N tokens of all sequences together. The batch owns its arrays: callers must
 * not change them.
 *
 * @param inputIds [N] token ids
 * @param positionIds [N] position within the sequence, from 0
 * @param segmentIds [N]
 * @param turnIds [N]
 * @param sequenceOffsets [B + 1]: sequence b is rows sequenceOffsets[b] to sequenceOffsets[b + 1]
 * @param markedRows [2 B] packed rows of two tokens of each sequence, such as entity markers; [0]
 *     without marks
 * @param targets by name of the head; at most one of a type for each head
 */
public record PackedBatch(
    int[] inputIds,
    int[] positionIds,
    int[] segmentIds,
    int[] turnIds,
    int[] sequenceOffsets,
    int[] markedRows,
    Map<String, List<Target>> targets) {
  private static final int[] NONE = {};

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
    if (sequenceOffsets.length < 2 || sequenceOffsets[0] != 0) {
      throw new IllegalArgumentException("a batch needs at least one sequence, starting at row 0");
    }
    requireLength("last sequence offset", sequenceOffsets[sequenceOffsets.length - 1], n);
    for (int b = 0; b + 1 < sequenceOffsets.length; b++) {
      if (sequenceOffsets[b + 1] <= sequenceOffsets[b]) {
        throw new IllegalArgumentException("sequence " + b + " is empty");
      }
    }
    if (markedRows.length > 0) {
      requireLength("markedRows", markedRows.length, 2 * (sequenceOffsets.length - 1));
      for (int i = 0; i < markedRows.length; i++) {
        if (markedRows[i] < sequenceOffsets[i / 2] || markedRows[i] >= sequenceOffsets[i / 2 + 1]) {
          throw new IllegalArgumentException(
              "marked row " + markedRows[i] + " is outside sequence " + i / 2);
        }
      }
    }
    for (List<Target> ofHead : targets.values()) {
      ofHead.forEach(target -> target.requireFits(sequenceOffsets));
    }
  }

  private static void requireLength(String name, int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(name + " is " + actual + " long, expected " + expected);
    }
  }

  /** The same sequences with a further target for a head. */
  public PackedBatch with(String head, Target target) {
    if (target(head, target.getClass()).isPresent()) {
      throw new IllegalArgumentException(
          "head " + head + " has " + target.getClass().getSimpleName() + " already");
    }
    Map<String, List<Target>> all = new TreeMap<>(targets);
    List<Target> ofHead = new ArrayList<>(all.getOrDefault(head, List.of()));
    ofHead.add(target);
    all.put(head, List.copyOf(ofHead));
    return with(markedRows, all);
  }

  /**
   * The same sequences with two marked tokens each.
   *
   * @param rows [2 B] packed rows
   */
  public PackedBatch withMarks(int[] rows) {
    return with(rows, targets);
  }

  /** The same batch for heads of other names. */
  public PackedBatch withHeads(UnaryOperator<String> name) {
    Map<String, List<Target>> all = new TreeMap<>();
    targets.forEach((head, ofHead) -> all.put(name.apply(head), ofHead));
    return with(markedRows, all);
  }

  private PackedBatch with(int[] marks, Map<String, List<Target>> all) {
    return new PackedBatch(inputIds, positionIds, segmentIds, turnIds, sequenceOffsets, marks, all);
  }

  /** A head's target of the given type. */
  public <T extends Target> Optional<T> target(String head, Class<T> type) {
    return targets.getOrDefault(head, List.of()).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
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

  /** Length of the longest sequence. */
  public int maxLength() {
    int longest = 0;
    for (int b = 0; b < numSequences(); b++) {
      longest = Math.max(longest, sequenceOffsets[b + 1] - sequenceOffsets[b]);
    }
    return longest;
  }

  /** [N] number of the sequence that each row belongs to. */
  public int[] sequenceOfRows() {
    int[] sequences = new int[numTokens()];
    for (int b = 0; b < numSequences(); b++) {
      Arrays.fill(sequences, sequenceOffsets[b], sequenceOffsets[b + 1], b);
    }
    return sequences;
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
  public List<PackedBatch> split(int numParts) {
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
  public List<PackedBatch> splitBySequences(int maxSequences) {
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
    Target.Range range = new Target.Range(fromSequence, toSequence, from, to);
    Map<String, List<Target>> ofPart = new TreeMap<>();
    targets.forEach(
        (head, all) ->
            ofPart.put(
                head, all.stream().map(one -> one.part(range)).flatMap(Optional::stream).toList()));
    return new PackedBatch(
        Arrays.copyOfRange(inputIds, from, to),
        Arrays.copyOfRange(positionIds, from, to),
        Arrays.copyOfRange(segmentIds, from, to),
        Arrays.copyOfRange(turnIds, from, to),
        shifted(sequenceOffsets, fromSequence, toSequence + 1, from),
        markedRows.length == 0 ? NONE : shifted(markedRows, 2 * fromSequence, 2 * toSequence, from),
        ofPart);
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

  /** Collects sequences. */
  public static final class Builder {
    private final List<int[]> inputIds = new ArrayList<>();
    private final List<int[]> segmentIds = new ArrayList<>();
    private final List<int[]> turnIds = new ArrayList<>();
    private int numTokens;

    private Builder() {}

    /**
     * Adds a sequence.
     *
     * @return packed row of its first token
     */
    public int add(int[] inputIds, int[] segmentIds, int[] turnIds) {
      this.inputIds.add(inputIds);
      this.segmentIds.add(segmentIds);
      this.turnIds.add(turnIds);
      int first = numTokens;
      numTokens += inputIds.length;
      return first;
    }

    /** The sequences, without targets. */
    public PackedBatch build() {
      int[] offsets = new int[inputIds.size() + 1];
      int[] positions = new int[numTokens];
      for (int b = 0; b < inputIds.size(); b++) {
        offsets[b + 1] = offsets[b] + inputIds.get(b).length;
        for (int row = offsets[b]; row < offsets[b + 1]; row++) {
          positions[row] = row - offsets[b];
        }
      }
      return new PackedBatch(
          concatenate(inputIds),
          positions,
          concatenate(segmentIds),
          concatenate(turnIds),
          offsets,
          NONE,
          Map.of());
    }

    private static int[] concatenate(List<int[]> parts) {
      return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
  }
}
