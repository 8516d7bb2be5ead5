package io.dialogbert.privacy;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A regular expression of a rule. Whether it matches depends only on a bounded number of nearby
 * characters.
 *
 * <p>The bound limits the work per character of text, and shows where a change of the text can make
 * or undo a match. An unbounded repetition at the very end only lengthens a match, so only its
 * first round counts; anywhere else it is rejected. Only the syntax of {@link Pattern} that rule
 * files use is supported: literals, classes without nested classes, groups, alternatives,
 * quantifiers, lookaround and backreferences.
 */
final class BoundedPattern {
  private static final int ENDLESS = Integer.MAX_VALUE;

  /** A character beyond the basic plane takes two UTF-16 units. */
  private static final int ANY_CHARACTER = 2;

  /**
   * A piece of a pattern.
   *
   * @param width maximum number of characters it takes
   * @param reach how far it looks if something follows it
   * @param reachAtEnd how far it looks at the end of the pattern
   */
  private record Piece(int width, int reach, int reachAtEnd) {
    static Piece of(int width) {
      return new Piece(width, width, width);
    }
  }

  private final Pattern compiled;
  private final String pattern;
  private final Map<Integer, Integer> groupWidths = new HashMap<>();
  private final boolean hasContext;
  private final int ahead;
  private int behind;
  private int at;
  private int numGroups;

  /**
   * Compiles {@code pattern}.
   *
   * @throws IllegalArgumentException if it is not a supported pattern or has no bound
   */
  BoundedPattern(String pattern) {
    this.pattern = pattern;
    this.compiled = Pattern.compile(pattern);
    this.hasContext = pattern.contains("(?<" + PiiRule.GROUP + ">");
    this.ahead = alternatives().reachAtEnd();
    if (at < pattern.length()) {
      throw unknown();
    }
    if (ahead == ENDLESS || behind == ENDLESS) {
      throw new IllegalArgumentException(
          "pattern must have a bound for each repetition but one at its end: " + pattern);
    }
  }

  Matcher matcher(CharSequence text) {
    return compiled.matcher(text);
  }

  /** Whether a group is the personal data and the rest its context. */
  boolean hasContext() {
    return hasContext;
  }

  /** How many characters from the start of a match on can affect it. */
  int ahead() {
    return ahead;
  }

  /** How many characters before the start of a match can affect it. */
  int behind() {
    return behind;
  }

  private Piece alternatives() {
    Piece widest = sequence();
    while (next('|')) {
      Piece other = sequence();
      widest =
          new Piece(
              Math.max(widest.width, other.width),
              Math.max(widest.reach, other.reach),
              Math.max(widest.reachAtEnd, other.reachAtEnd));
    }
    return widest;
  }

  private Piece sequence() {
    int width = 0;
    int reach = 0;
    int reachAtEnd = 0;
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      Piece piece = quantified(single());
      reachAtEnd = Math.max(reach, plus(width, piece.reachAtEnd));
      reach = Math.max(reach, plus(width, piece.reach));
      width = plus(width, piece.width);
    }
    return new Piece(width, reach, reachAtEnd);
  }

  private Piece single() {
    char c = pattern.charAt(at++);
    return switch (c) {
      case '(' -> group();
      case '[' -> characterClass();
      case '\\' -> escaped();
      case '.' -> Piece.of(ANY_CHARACTER);
      // The end of a text may be before a final line break.
      case '$' -> new Piece(0, ANY_CHARACTER, ANY_CHARACTER);
      case '*', '+', '?', '{', '^' -> throw unknown();
      default -> Piece.of(1);
    };
  }

  private Piece group() {
    boolean lookahead = nextIs("?=") || nextIs("?!");
    boolean lookbehind = nextIs("?<=") || nextIs("?<!");
    int number = 0;
    if (nextIs("?<") && !lookbehind) {
      at = pattern.indexOf('>', at) + 1;
      number = ++numGroups;
    } else if (lookahead || lookbehind) {
      at += lookbehind ? 3 : 2;
    } else if (nextIs("?:")) {
      at += 2;
    } else if (nextIs("?")) {
      throw unknown();
    } else {
      number = ++numGroups;
    }
    Piece inner = alternatives();
    if (!next(')')) {
      throw unknown();
    }
    if (lookbehind) {
      behind = Math.max(behind, inner.width);
      return Piece.of(0);
    }
    if (lookahead) {
      return new Piece(0, inner.reach, inner.reach);
    }
    groupWidths.put(number, inner.width);
    return inner;
  }

  private Piece characterClass() {
    int width = pattern.charAt(at) == '^' ? ANY_CHARACTER : 1;
    while (pattern.charAt(at) != ']') {
      char c = pattern.charAt(at);
      if (c == '[') {
        throw unknown();
      }
      width = Character.isSurrogate(c) ? ANY_CHARACTER : width;
      at += c == '\\' ? 2 : 1;
    }
    at++;
    return Piece.of(width);
  }

  private Piece escaped() {
    char c = pattern.charAt(at++);
    if (Character.isDigit(c)) {
      return Piece.of(groupWidths.get(Character.digit(c, 10)));
    }
    if (Character.isLetter(c)) {
      throw unknown();
    }
    return Piece.of(1);
  }

  private Piece quantified(Piece once) {
    int max;
    if (next('*') || next('+')) {
      max = ENDLESS;
    } else if (next('?')) {
      max = 1;
    } else if (next('{')) {
      int close = pattern.indexOf('}', at);
      String[] bounds = pattern.substring(at, close).split(",", -1);
      String last = bounds[bounds.length - 1];
      max = last.isEmpty() ? ENDLESS : Integer.parseInt(last);
      at = close + 1;
    } else {
      return once;
    }
    // Lazy and possessive quantifiers take no more than greedy ones.
    if (!next('+')) {
      next('?');
    }
    if (max == 0) {
      return Piece.of(0);
    }
    if (max == 1) {
      return once;
    }
    int reach = plus(times(once.width, max - 1), once.reach);
    return new Piece(times(once.width, max), reach, max == ENDLESS ? once.reachAtEnd : reach);
  }

  private boolean next(char c) {
    boolean found = at < pattern.length() && pattern.charAt(at) == c;
    at += found ? 1 : 0;
    return found;
  }

  private boolean nextIs(String text) {
    return pattern.startsWith(text, at);
  }

  private static int plus(int a, int b) {
    return (int) Math.min(ENDLESS, (long) a + b);
  }

  private static int times(int a, int b) {
    return (int) Math.min(ENDLESS, (long) a * b);
  }

  private IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "pattern has a part whose bound is unknown at character " + at + ": " + pattern);
  }
}
