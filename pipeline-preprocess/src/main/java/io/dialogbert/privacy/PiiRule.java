package io.dialogbert.privacy;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;

/**
 * One rule of a rule file.
 *
 * @param kind kind of data it finds
 * @param name file and rule, for tests and errors: {@code phone-ko/mobile}
 * @param priority if matches overlap, the highest priority sets the kind
 * @param minDigits texts with fewer digits cannot match
 * @param hints texts without any of these strings cannot match; if empty, every text may match
 * @param startsBeforeHint maximum number of characters that a match may start before a hint; -1: no
 *     limit
 * @param statesName whether a match is a name that the text states to be one
 * @param notAfter words that mean something else; a match is rejected less than {@value #REACH}
 *     characters after one of them, unless a digit is between
 * @param patterns what matches; if a pattern has a group {@code pii}, only that group is personal
 *     data and the rest is context
 * @param validator additional check of each match
 * @param positive examples; guillemets mark what must be found: {@code "my number is
 *     «010-0000-1234»"}
 * @param negative examples in which nothing of this kind may be found
 */
record PiiRule(
    PiiKind kind,
    String name,
    int priority,
    int minDigits,
    List<String> hints,
    int startsBeforeHint,
    boolean statesName,
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
     * Where a match affected by characters of this range can begin, in a text of {@code length}
     * characters. A character's form depends on its neighbors, so the range includes these.
     */
    Range grown(int ahead, int behind, int length) {
      return new Range(
          Math.max(0, start - ahead - MatchingForm.REACH),
          Math.min(length, end + behind + MatchingForm.REACH + 1));
    }
  }

  /** A region of a text that a rule takes for personal data; {@code end} is exclusive. */
  record Match(PiiKind kind, int priority, int start, int end) {}

  /** Maximum number of characters from the start of a match on that can affect it. */
  int ahead() {
    return patterns.stream().mapToInt(BoundedPattern::ahead).max().orElseThrow();
  }

  /** Maximum number of characters before a match that can affect it. */
  int behind() {
    return patterns.stream().mapToInt(this::behind).max().orElseThrow();
  }

  private int behind(BoundedPattern pattern) {
    return Math.max(pattern.behind(), notAfter.isEmpty() ? 0 : REACH);
  }

  /**
   * Passes to {@code found} every match in {@code text} that characters of {@code changed} can
   * affect. The text is in matching form.
   */
  void find(CharSequence text, Range changed, Consumer<Match> found) {
    for (BoundedPattern pattern : patterns) {
      Range starts = changed.grown(pattern.ahead(), behind(pattern), text.length());
      int reached = (int) Math.min(text.length(), (long) starts.end() + pattern.ahead());
      Matcher matcher = matcher(pattern, text).region(starts.start(), reached);
      while (matcher.find() && matcher.start() < starts.end()) {
        int start = matcher.start();
        if (matcher.end() == reached && reached < text.length()) {
          // An unbounded match may end further on.
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
   * As {@link #find(CharSequence, Range, Consumer)}, but tries only positions that hints allow.
   *
   * @param number this rule's index in {@code hits}
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

  /** A matcher that does not treat a region's ends as the text's ends. */
  private static Matcher matcher(BoundedPattern pattern, CharSequence text) {
    return pattern.matcher(text).useTransparentBounds(true).useAnchoringBounds(false);
  }

  /** Passes on a pattern's match if it is valid. Returns its end, or -1. */
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
