package io.dialogbert.text;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds symbols, such as the placeholders of masked personal data, that must stay whole. */
final class UserSymbols {
  /** Takes the parts {@code [from, to)} of a text, in order; none is empty. */
  interface Visitor {
    void part(int from, int to, boolean isSymbol);
  }

  private final List<String> symbols;
  private final Pattern pattern;

  UserSymbols(List<String> symbols) {
    this.symbols = List.copyOf(symbols);
    // The longest first, so that a symbol which starts with another one is found.
    this.pattern =
        Pattern.compile(
            symbols.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
  }

  /**
   * Checks that symbols can be told from other text.
   *
   * @throws IllegalArgumentException if a symbol is there twice, is empty, holds a space, is a
   *     special token, or is not what the normalizer makes of it
   */
  static void check(List<String> symbols, Normalizer normalizer) {
    for (String symbol : symbols) {
      if (symbol.isEmpty()
          || symbol.indexOf(' ') >= 0
          || !normalizer.normalize(symbol).equals(symbol)) {
        throw new IllegalArgumentException(
            "a user symbol must be normalized text without spaces, but was \"" + symbol + "\"");
      }
      if (SpecialTokens.ALL.contains(symbol)) {
        throw new IllegalArgumentException("a user symbol must not be the special token " + symbol);
      }
    }
    if (Set.copyOf(symbols).size() < symbols.size()) {
      throw new IllegalArgumentException("a user symbol is listed twice in " + symbols);
    }
  }

  void visit(String text, Visitor visitor) {
    int from = 0;
    if (!symbols.isEmpty()) {
      Matcher matcher = pattern.matcher(text);
      while (matcher.find()) {
        if (matcher.start() > from) {
          visitor.part(from, matcher.start(), false);
        }
        visitor.part(matcher.start(), matcher.end(), true);
        from = matcher.end();
      }
    }
    if (from < text.length()) {
      visitor.part(from, text.length(), false);
    }
  }
}
