package io.dialogbert.text.train;

import io.dialogbert.text.piece.WordMark;
import io.dialogbert.text.segment.Segmenter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/** The current cut of the words in byte-pair encoding, and what occurs in them. */
final class Merges {
  /** Two neighbors. */
  private static final class Pair {
    private static final int[] NO_WORDS = {};

    final int left;
    final int right;
    long count;
    long queuedCount;

    /** Words that contain or once contained the pair. */
    int[] words = NO_WORDS;

    int numWords;

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }

    void addWord(int word) {
      if (numWords > 0 && words[numWords - 1] == word) {
        return;
      }
      if (numWords == words.length) {
        words = Arrays.copyOf(words, Math.max(2, numWords * 2));
      }
      words[numWords++] = word;
    }
  }

  /** A pair with its count when it was queued; outdated once the count changes. */
  private record Queued(Pair pair, long count) {}

  private final WordTable words;
  private final int maxPieceLength;
  private final int minPairCount;
  private final Set<String> fixedTexts;

  /** Pieces of all words, word after word. The first {@code lengths} of each word are in use. */
  private final int[] cut;

  private final int[] starts;
  private final int[] lengths;
  private final List<String> pieces = new ArrayList<>();
  private final List<Integer> pieceLengths = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private long[] pieceCounts = new long[1 << 12];
  private final int numCharacters;
  private int numLiveMerges;
  private int numMerges;

  /**
   * Pairs that may still be joined. A join creates pairs with the new piece and makes others rarer.
   * So a pair that is too rare stays too rare, unless its piece is made again from other parts.
   */
  private final Map<Long, Pair> pairs = new HashMap<>();

  private final PriorityQueue<Queued> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Queued::count)
              .reversed()
              .thenComparingInt(queued -> length(queued.pair()))
              .thenComparing(queued -> !startsWord(queued.pair().left))
              .thenComparing(queued -> joined(queued.pair())));

  /**
   * Cuts all words into characters.
   *
   * @param minPairCount least count of pairs to join
   * @param fixedTexts texts that must not become pieces
   */
  Merges(WordTable words, int maxPieceLength, int minPairCount, Set<String> fixedTexts) {
    this.words = words;
    this.maxPieceLength = maxPieceLength;
    this.minPairCount = minPairCount;
    this.fixedTexts = fixedTexts;
    this.cut = new int[words.text.length];
    this.starts = new int[words.size()];
    this.lengths = new int[words.size()];
    int size = 0;
    for (int word = 0; word < words.size(); word++) {
      starts[word] = size;
      int from = words.start(word);
      boolean startsWord = words.text[from] == Segmenter.WORD_START;
      for (int i = startsWord ? from + 1 : from; i < words.start(word + 1); i++) {
        boolean first = startsWord && i == from + 1;
        String character = Character.toString(words.text[i]);
        cut[size] = id(first ? character : WordMark.CONTINUES + character, 1);
        pieceCounts[cut[size++]] += words.count(word);
      }
      lengths[word] = size - starts[word];
    }
    numCharacters = pieces.size();
    countAllPairs();
  }

  private void countAllPairs() {
    for (int word = 0; word < words.size(); word++) {
      for (int i = starts[word]; i + 1 < end(word); i++) {
        int left = cut[i];
        int right = cut[i + 1];
        pairs.computeIfAbsent(key(left, right), any -> new Pair(left, right)).count +=
            words.count(word);
      }
    }
    // Most pairs are rare, and their lists of words would take most of the memory.
    pairs.values().removeIf(pair -> pair.count < minPairCount);
    for (int word = 0; word < words.size(); word++) {
      for (int i = starts[word]; i + 1 < end(word); i++) {
        Pair pair = pairs.get(key(cut[i], cut[i + 1]));
        if (pair != null) {
          pair.addWord(word);
        }
      }
    }
    pairs.values().forEach(this::enqueue);
  }

  private int end(int word) {
    return starts[word] + lengths[word];
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  private int id(String piece, int length) {
    Integer known = ids.putIfAbsent(piece, pieces.size());
    if (known != null) {
      return known;
    }
    if (pieces.size() == pieceCounts.length) {
      pieceCounts = Arrays.copyOf(pieceCounts, pieceCounts.length * 2);
    }
    pieces.add(piece);
    pieceLengths.add(length);
    return pieces.size() - 1;
  }

  private void enqueue(Pair pair) {
    if (pair.count == pair.queuedCount) {
      return;
    }
    pair.queuedCount = pair.count;
    String joined = joined(pair);
    // A word-initial piece that starts with ## would read as a continuation.
    boolean readable = joined.startsWith(WordMark.CONTINUES) != startsWord(pair.left);
    boolean allowed = readable && !fixedTexts.contains(joined);
    if (pair.count >= minPairCount && length(pair) <= maxPieceLength && allowed) {
      queue.add(new Queued(pair, pair.count));
    }
  }

  private boolean startsWord(int piece) {
    return !pieces.get(piece).startsWith(WordMark.CONTINUES);
  }

  private int length(Pair pair) {
    return pieceLengths.get(pair.left) + pieceLengths.get(pair.right);
  }

  private String joined(Pair pair) {
    return pieces.get(pair.left) + pieces.get(pair.right).substring(WordMark.CONTINUES.length());
  }

  /**
   * Joins the best pair wherever it occurs. Returns the new piece, or nothing if no pair is left.
   */
  Optional<String> mergeBest() {
    Queued best = queue.poll();
    while (best != null && best.count() != best.pair().count) {
      best = queue.poll();
    }
    if (best == null) {
      return Optional.empty();
    }
    Pair pair = best.pair();
    String joined = joined(pair);
    int merged = id(joined, length(pair));
    Set<Pair> touched = new LinkedHashSet<>();
    for (int i = 0; i < pair.numWords; i++) {
      merge(pair.words[i], pair, merged, touched);
    }
    for (Pair changed : touched) {
      if (changed.count < minPairCount) {
        pairs.remove(key(changed.left, changed.right));
      } else {
        enqueue(changed);
      }
    }
    numMerges++;
    return Optional.of(joined);
  }

  private void merge(int word, Pair pair, int merged, Set<Pair> touched) {
    int start = starts[word];
    int end = end(word);
    int first = start;
    while (first + 1 < end && !(cut[first] == pair.left && cut[first + 1] == pair.right)) {
      first++;
    }
    if (first + 1 >= end) {
      return;
    }
    for (int i = start; i + 1 < end; i++) {
      addCount(pairs.get(key(cut[i], cut[i + 1])), -words.count(word), touched);
    }
    int size = first;
    for (int i = first; i < end; i++) {
      boolean found = i + 1 < end && cut[i] == pair.left && cut[i + 1] == pair.right;
      if (found) {
        addCount(pair.left, -words.count(word));
        addCount(pair.right, -words.count(word));
        addCount(merged, words.count(word));
        i++;
      }
      cut[size++] = found ? merged : cut[i];
    }
    lengths[word] = size - start;
    for (int i = start; i + 1 < end(word); i++) {
      int left = cut[i];
      int right = cut[i + 1];
      boolean isNew = left == merged || right == merged;
      Pair counted =
          isNew
              ? pairs.computeIfAbsent(key(left, right), any -> new Pair(left, right))
              : pairs.get(key(left, right));
      addCount(counted, words.count(word), touched);
      if (isNew) {
        counted.addWord(word);
      }
    }
  }

  /** Changes the count of a pair, unless the pair was too rare to be kept. */
  private static void addCount(Pair pair, long change, Set<Pair> touched) {
    if (pair != null) {
      pair.count += change;
      touched.add(pair);
    }
  }

  private void addCount(int piece, long change) {
    boolean wasLive = pieceCounts[piece] > 0;
    pieceCounts[piece] += change;
    if (piece >= numCharacters && wasLive != pieceCounts[piece] > 0) {
      numLiveMerges += wasLive ? -1 : 1;
    }
  }

  int numMerges() {
    return numMerges;
  }

  int vocabularySize() {
    return numCharacters + numLiveMerges;
  }

  /** Current pieces and all characters, most frequent first. */
  List<String> vocabulary() {
    return IntStream.range(0, pieces.size())
        .filter(piece -> piece < numCharacters || pieceCounts[piece] > 0)
        .boxed()
        .sorted(
            Comparator.<Integer, Boolean>comparing(piece -> piece >= numCharacters)
                .thenComparing(
                    Comparator.<Integer>comparingLong(piece -> pieceCounts[piece]).reversed())
                .thenComparing(pieces::get))
        .map(pieces::get)
        .toList();
  }

  /** Current count of each pair, keyed by its pieces with a space between. */
  Map<String, Long> pairCounts() {
    Map<String, Long> counts = new HashMap<>();
    pairs
        .values()
        .forEach(
            pair -> {
              if (pair.count > 0) {
                counts.put(pieces.get(pair.left) + " " + pieces.get(pair.right), pair.count);
              }
            });
    return counts;
  }

  /** Current pieces. */
  List<String> livePieces() {
    return IntStream.range(0, pieces.size())
        .filter(piece -> pieceCounts[piece] > 0)
        .mapToObj(pieces::get)
        .toList();
  }

  /** The current cut of a word. */
  List<String> cut(int word) {
    return Arrays.stream(cut, starts[word], starts[word] + lengths[word])
        .mapToObj(pieces::get)
        .toList();
  }
}
