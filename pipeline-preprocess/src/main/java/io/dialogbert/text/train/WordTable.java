package io.dialogbert.text.train;

import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.segment.Segmenter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The words to train a vocabulary on, packed: symbols one after the other, words in natural order.
 * Words are cut where a symbol is too rare to be a piece.
 */
final class WordTable {
  /** Symbols of all words. */
  final int[] text;

  /** Symbols that must be pieces, ascending; U+2581 is always among them. */
  final int[] requiredSymbols;

  /** What the symbols stand for. */
  final Symbols symbols;

  private final int[] starts;
  private final long[] counts;
  private final int size;

  private WordTable(
      Symbols symbols, int[] text, int[] requiredSymbols, int[] starts, long[] counts, int size) {
    this.symbols = symbols;
    this.text = text;
    this.requiredSymbols = requiredSymbols;
    this.starts = starts;
    this.counts = counts;
    this.size = size;
  }

  /**
   * Packs a count table, whose order does not matter.
   *
   * @param wordCounts count of each word, positive
   * @param symbols the symbols of the words
   * @param characterCoverage share of all symbols that must be pieces, in (0, 1]
   * @throws IllegalArgumentException if a count is not positive
   */
  static WordTable of(Map<String, Long> wordCounts, Symbols symbols, double characterCoverage) {
    String[] words = wordCounts.keySet().toArray(String[]::new);
    Arrays.parallelSort(words);
    long[] symbolCounts = new long[symbols.limit()];
    long length = 0;
    for (String word : words) {
      long count = wordCounts.get(word);
      if (count <= 0) {
        throw new IllegalArgumentException("the count of a word must be positive, but is " + count);
      }
      for (int symbol : symbols.of(word)) {
        symbolCounts[symbol] += count;
      }
      length += word.length();
      if (length > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "the words together must have fewer than 2^31 characters; lower max-words");
      }
    }
    BitSet required = requiredSymbols(symbolCounts, characterCoverage);
    Builder table = new Builder(symbols, (int) length, words.length);
    for (String word : words) {
      table.add(word, wordCounts.get(word), required);
    }
    return table.build(required);
  }

  private static BitSet requiredSymbols(long[] counts, double coverage) {
    long total = Arrays.stream(counts).sum();
    int[] byCount =
        IntStream.range(0, counts.length)
            .filter(c -> counts[c] > 0)
            .boxed()
            .sorted(Comparator.<Integer>comparingLong(c -> counts[c]).reversed())
            .mapToInt(c -> c)
            .toArray();
    BitSet required = new BitSet();
    // A user symbol after a space needs the mark, even if no word starts with it.
    required.set(Segmenter.WORD_START);
    long covered = 0;
    for (int i = 0; i < byCount.length && covered < coverage * total; i++) {
      required.set(byCount[i]);
      covered += counts[byCount[i]];
    }
    return required;
  }

  /** Number of words. */
  int size() {
    return size;
  }

  /** Index in {@link #text} of a word's first symbol, which is also the previous word's end. */
  int start(int word) {
    return starts[word];
  }

  /** How often a word occurs. */
  long count(int word) {
    return counts[word];
  }

  /** Sum of all counts. */
  long totalCount() {
    return Arrays.stream(counts, 0, size).sum();
  }

  private static final class Builder {
    private final Symbols symbols;
    private final int[] text;
    private int length;
    private int[] starts;
    private long[] counts;
    private int size;

    Builder(Symbols symbols, int maxLength, int numWords) {
      this.symbols = symbols;
      text = new int[maxLength];
      starts = new int[numWords + 1];
      counts = new long[numWords];
    }

    void add(String word, long count, BitSet required) {
      int from = length;
      for (int symbol : symbols.of(word)) {
        if (required.get(symbol)) {
          text[length++] = symbol;
        } else {
          from = end(from, count);
        }
      }
      end(from, count);
    }

    private int end(int from, long count) {
      if (length > from) {
        if (size == counts.length) {
          counts = Arrays.copyOf(counts, size * 2);
          starts = Arrays.copyOf(starts, size * 2 + 1);
        }
        counts[size++] = count;
        starts[size] = length;
      }
      return length;
    }

    WordTable build(BitSet required) {
      return new WordTable(
          symbols, Arrays.copyOf(text, length), required.stream().toArray(), starts, counts, size);
    }
  }
}
