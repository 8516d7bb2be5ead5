package io.dialogbert.text.train;

import java.util.Arrays;

/**
 * The pieces that training starts from: all single characters, and the substrings with the highest
 * frequency times length.
 *
 * <p>A substring is a seed only if different characters follow it, or if no piece may continue past
 * it. Any other substring always occurs inside a longer one. The seeds are the inner nodes of the
 * suffix tree. We visit them by sorting all suffixes, one character at a time.
 */
final class SeedPieces {
  private static final int END_OF_PIECE = 0;
  private static final int MIN_COUNT = 2;

  private final WordTable words;
  private final int maxPieceLength;
  private final int maxSeeds;

  private final int[] wordAt;
  private final int[] longestPieceEnds;

  /** Next symbol and position of each suffix, packed into one number to make sorting cheap. */
  private final long[] suffixes;

  private int[] starts;
  private byte[] lengths;
  private double[] weights;
  private int size;

  private SeedPieces(WordTable words, int maxPieceLength, int maxSeeds) {
    this.words = words;
    this.maxPieceLength = maxPieceLength;
    this.maxSeeds = maxSeeds;
    this.wordAt = new int[words.text.length];
    this.longestPieceEnds = PieceRules.longestPieceEnds(words);
    this.suffixes = new long[words.text.length];
    for (int word = 0; word < words.size(); word++) {
      Arrays.fill(wordAt, words.start(word), words.start(word + 1), word);
    }
    for (int i = 0; i < suffixes.length; i++) {
      suffixes[i] = i;
    }
    // A suffix tree has fewer than twice as many nodes as leaves.
    this.starts = new int[(int) Math.min(2L * suffixes.length, 4L * maxSeeds)];
    this.lengths = new byte[starts.length];
    this.weights = new double[starts.length];
  }

  /**
   * Finds the seeds of a table.
   *
   * @return seeds, scored by their weights
   */
  static PieceSet find(WordTable words, int maxPieceLength, int maxSeeds) {
    SeedPieces seeds = new SeedPieces(words, maxPieceLength, maxSeeds);
    seeds.visit(0, seeds.suffixes.length, 0);
    seeds.keepHeaviest();
    return seeds.build();
  }

  /** Visits the suffixes in [from, to), which share their first {@code depth} symbols. */
  private void visit(int from, int to, int depth) {
    long count = 0;
    for (int i = from; i < to; i++) {
      count += words.count(wordAt[position(i)]);
    }
    if (count < MIN_COUNT) {
      return;
    }
    int sharedDepth = depth;
    while (sortByNextSymbol(from, to, sharedDepth)) {
      sharedDepth++;
    }
    add(position(from), sharedDepth, count);
    int groupStart = from;
    while (groupStart < to) {
      int next = nextSymbol(groupStart);
      int groupEnd = groupStart + 1;
      while (groupEnd < to && nextSymbol(groupEnd) == next) {
        groupEnd++;
      }
      if (next != END_OF_PIECE) {
        visit(groupStart, groupEnd, sharedDepth + 1);
      }
      groupStart = groupEnd;
    }
  }

  /** Sorts the suffixes. Returns whether all have the same next symbol. */
  private boolean sortByNextSymbol(int from, int to, int depth) {
    boolean same = true;
    for (int i = from; i < to; i++) {
      int position = position(i);
      int next = position + depth;
      boolean ends = depth == maxPieceLength || next == longestPieceEnds[position];
      suffixes[i] = (long) (ends ? END_OF_PIECE : words.text[next]) << 32 | position;
      same &= nextSymbol(i) == nextSymbol(from);
    }
    if (same) {
      return nextSymbol(from) != END_OF_PIECE;
    }
    Arrays.parallelSort(suffixes, from, to);
    return false;
  }

  private int position(int suffix) {
    return (int) suffixes[suffix];
  }

  private int nextSymbol(int suffix) {
    return (int) (suffixes[suffix] >>> 32);
  }

  private void add(int start, int length, long count) {
    if (length < 2) {
      return;
    }
    if (size == starts.length) {
      keepHeaviest();
    }
    starts[size] = start;
    lengths[size] = (byte) length;
    weights[size++] = (double) count * length;
  }

  private void keepHeaviest() {
    int[] kept = TopK.indices(Arrays.copyOf(weights, size), maxSeeds);
    for (int i = 0; i < kept.length; i++) {
      starts[i] = starts[kept[i]];
      lengths[i] = lengths[kept[i]];
      weights[i] = weights[kept[i]];
    }
    size = kept.length;
  }

  private PieceSet build() {
    int[] required = words.requiredSymbols;
    // The mark may occur in no word, so characters are stored after the words' text.
    int[] text = Arrays.copyOf(words.text, words.text.length + required.length);
    System.arraycopy(required, 0, text, words.text.length, required.length);
    int[] allStarts = new int[required.length + size];
    byte[] allLengths = new byte[allStarts.length];
    double[] allWeights = new double[allStarts.length];
    long[] symbolCounts = symbolCounts();
    for (int i = 0; i < required.length; i++) {
      allStarts[i] = words.text.length + i;
      allLengths[i] = 1;
      allWeights[i] = Math.max(1, symbolCounts[required[i]]);
    }
    System.arraycopy(starts, 0, allStarts, required.length, size);
    System.arraycopy(lengths, 0, allLengths, required.length, size);
    System.arraycopy(weights, 0, allWeights, required.length, size);
    double logSum = Math.log(Arrays.stream(allWeights).sum());
    double[] scores = Arrays.stream(allWeights).map(w -> Math.log(w) - logSum).toArray();
    return new PieceSet(text, required.length, allStarts, allLengths, scores);
  }

  private long[] symbolCounts() {
    long[] counts = new long[words.symbols.limit()];
    for (int i = 0; i < wordAt.length; i++) {
      counts[words.text[i]] += words.count(wordAt[i]);
    }
    return counts;
  }
}
