package io.dialogbert.privacy;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;

/**
 * One rule of a rule file.
 *
 * @param kind what it finds
 * @param name file and rule, for tests and errors: {@code phone-ko/mobile}
 * @param priority where matches overlap, the highest gives the kind
 * @param minDigits texts with fewer digits cannot match
 * @param hints texts without any of these strings cannot match; empty: every text may match
 * @param startsBeforeHint how many characters before a hint a match may begin at most; -1: anywhere
 * @param notAfter words that mean something else; what comes less than {@value #REACH} characters
 *     behind one of them, with no digit between, is no match
 * @param patterns what matches; where a pattern has a group {@code pii}, that group is the personal
 *     data and the rest its context
 * @param validator what a match must also satisfy
 * @param positive examples; guillemets mark what is to be found: {@code "my number is
 *     «010-0000-1234»"}
 * @param negative examples in which nothing of this kind is to be found
 */
record PiiRule(
    PiiKind kind,
    String name,
    int priority,
    int minDigits,
    List<String> hints,
    int startsBeforeHint,
    List<String> notAfter,
    List<BoundedPattern> patterns,
    Validator validator,
    List<String> positive,
    List<String> negative) {
  static final int REACH = 16;

  static final String GROUP = "pii";

  PiiRule {
    requireNonNull(kind, "kind");
    requireNonNull(name, "name");
    requireNonNull(validator, "validator");
    hints = List.copyOf(hints);
    notAfter = List.copyOf(notAfter);
    patterns = List.copyOf(patterns);
    positive = List.copyOf(positive);
    negative = List.copyOf(negative);
    if (patterns.isEmpty()) {
      throw new IllegalArgumentException("rule " + name + " has no pattern");
    }
  }

  /** A range of a text; {@code end} is exclusive. */
  record Range(int start, int end) {
    /**
     * Where a match can begin that characters of this range may decide, in a text of {@code length}
     * characters. A character's form depends on its neighbors, hence one more.
     */
    Range grown(int ahead, int behind, int length) {
      return new Range(Math.max(0, start - ahead - 1), Math.min(length, end + behind + 2));
    }
  }

  /** A region of a text that a rule takes for personal data; {@code end} is exclusive. */
  record Match(PiiKind kind, int priority, int start, int end) {}

  /** How many characters from the beginning of a match on decide whether it is one, at most. */
  int ahead() {
    return patterns.stream().mapToInt(BoundedPattern::ahead).max().orElseThrow();
  }

  /** How many characters before a match decide whether it is one, at most. */
  int behind() {
    return patterns.stream().mapToInt(this::behind).max().orElseThrow();
  }

  private int behind(BoundedPattern pattern) {
    return Math.max(pattern.behind(), notAfter.isEmpty() ? 0 : REACH);
  }

  /**
   * Hands to {@code found} every match in {@code text}, which is in matching form, that characters
   * of {@code changed} may decide.
   */
  void find(CharSequence text, Range changed, Consumer<Match> found) {
    for (BoundedPattern pattern : patterns) {
      Range starts = changed.grown(pattern.ahead(), behind(pattern), text.length());
      int reached = (int) Math.min(text.length(), (long) starts.end() + pattern.ahead());
      Matcher matcher = matcher(pattern, text).region(starts.start(), reached);
      while (matcher.find() && matcher.start() < starts.end()) {
        int start = matcher.start();
        if (matcher.end() == reached && reached < text.length()) {
          // What ends a match without bound may lie further on.
          matcher.region(start, text.length()).lookingAt();
        }
        int end = accept(text, pattern, matcher, found);
        int next = end < 0 ? start + 1 : end;
        if (next >= starts.end()) {
          break;
        }
        matcher.region(next, reached);
      }
    }
  }

  /**
   * As {@link #find(CharSequence, Range, Consumer)}, but tries only the places that hints allow.
   *
   * @param number what {@code hits} knows this rule by
   */
  void find(
      CharSequence text, Range changed, HintIndex.Hits hits, int number, Consumer<Match> found) {
    if (startsBeforeHint < 0) {
      find(text, changed, found);
      return;
    }
    for (BoundedPattern pattern : patterns) {
      Range starts = changed.grown(pattern.ahead(), behind(pattern), text.length());
      Matcher matcher = matcher(pattern, text);
      int next = starts.start();
      for (int hit = 0; hit < hits.size(); hit++) {
        if (!hits.isFor(hit, number)) {
          continue;
        }
        next = Math.max(next, hits.position(hit) - startsBeforeHint);
        for (; next <= hits.position(hit) && next < starts.end(); next++) {
          if (matcher.region(next, text.length()).lookingAt()) {
            accept(text, pattern, matcher, found);
          }
        }
      }
    }
  }

  /** One to which a region's ends are not those of the text. */
  private static Matcher matcher(BoundedPattern pattern, CharSequence text) {
    return pattern.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
  }

  /** Hands on what a pattern matched if it holds; gives where it ends, or -1. */
  private int accept(
      CharSequence text, BoundedPattern pattern, Matcher matcher, Consumer<Match> found) {
    int start = pattern.hasContext() ? matcher.start(GROUP) : matcher.start();
    int end = pattern.hasContext() ? matcher.end(GROUP) : matcher.end();
    if (!validator.accepts(text.subSequence(start, end)) || isSomethingElse(text, start)) {
      return -1;
    }
    found.accept(new Match(kind, priority, start, end));
    return end;
  }

  private boolean isSomethingElse(CharSequence text, int start) {
    if (notAfter.isEmpty()) {
      return false;
    }
    int from = start;
    while (from > 0 && start - from < REACH && !MatchingForm.isDigit(text.charAt(from - 1))) {
      from--;
    }
    String before = text.subSequence(from, start).toString();
    return notAfter.stream().anyMatch(before::contains);
  }
}
