package io.dialogbert.text.segment;

import io.dialogbert.text.normalize.Normalizer;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Finds symbols that must stay whole, such as the placeholders of masked personal data. */
public final class UserSymbols {
  /** Receives the parts {@code [from, to)} of a text, in order. No part is empty. */
  interface Visitor {
    void part(int from, int to, boolean isSymbol);
  }

  private final List<String> longestFirst;
  private final BitSet firstUnits = new BitSet();

  UserSymbols(List<String> symbols) {
    // Longest first, so that a symbol which starts with another is found.
    this.longestFirst =
        symbols.stream().sorted(Comparator.comparing(String::length).reversed()).toList();
    symbols.forEach(symbol -> firstUnits.set(symbol.charAt(0)));
  }

  /**
   * Checks that symbols can be distinguished from other text.
   *
   * @param reserved special and spare tokens
   * @throws IllegalArgumentException if a symbol is a duplicate, is empty, holds a space, is
   *     reserved, or is changed by the normalizer
   */
  public static void check(
      List<String> symbols, Normalizer normalizer, Collection<String> reserved) {
    for (String symbol : symbols) {
      if (symbol.isEmpty()
          || symbol.indexOf(' ') >= 0
          || !normalizer.normalize(symbol).equals(symbol)) {
        throw new IllegalArgumentException(
            "a user symbol must be normalized text without spaces, but was \"" + symbol + "\"");
      }
      if (reserved.contains(symbol)) {
        throw new IllegalArgumentException("a user symbol must not be the special token " + symbol);
      }
    }
    if (Set.copyOf(symbols).size() < symbols.size()) {
      throw new IllegalArgumentException("a user symbol is listed twice in " + symbols);
    }
  }

  /** Whether the text at an index follows a space or starts the text. */
  static boolean startsWord(String text, int index) {
    return index == 0 || text.charAt(index - 1) == ' ';
  }

  void visit(String text, Visitor visitor) {
    int from = 0;
    for (int i = 0; i < text.length(); ) {
      int length = firstUnits.get(text.charAt(i)) ? symbolLength(text, i) : 0;
      if (length == 0) {
        i++;
        continue;
      }
      if (i > from) {
        visitor.part(from, i, false);
      }
      visitor.part(i, i + length, true);
      i += length;
      from = i;
    }
    if (from < text.length()) {
      visitor.part(from, text.length(), false);
    }
  }

  private int symbolLength(String text, int index) {
    for (String symbol : longestFirst) {
      if (text.startsWith(symbol, index)) {
        return symbol.length();
      }
    }
    return 0;
  }
}
