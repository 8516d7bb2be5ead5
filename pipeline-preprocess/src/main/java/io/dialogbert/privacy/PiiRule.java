package io.dialogbert.privacy;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
 *     data and the rest its context. Patterns must take time linear in the text: bounded or
 *     possessive repetition only.
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
    List<Pattern> patterns,
    Validator validator,
    List<String> positive,
    List<String> negative) {
  static final int REACH = 16;

  private static final String GROUP = "pii";

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

  /** A region of a text that a rule takes for personal data; {@code end} is exclusive. */
  record Match(PiiKind kind, int priority, int start, int end) {}

  /** Hands every match in {@code text}, which is in matching form, to {@code found}. */
  void find(CharSequence text, Consumer<Match> found) {
    for (Pattern pattern : patterns) {
      Matcher matcher = pattern.matcher(text);
      int from = 0;
      while (from < text.length() && matcher.find(from)) {
        int end = accept(text, matcher, found);
        from = end < 0 ? matcher.start() + 1 : end;
      }
    }
  }

  /**
   * As {@link #find(CharSequence, Consumer)}, but tries only the places that hints allow.
   *
   * @param number what {@code hits} knows this rule by
   */
  void find(String text, HintIndex.Hits hits, int number, Consumer<Match> found) {
    if (startsBeforeHint < 0) {
      find(text, found);
      return;
    }
    for (Pattern pattern : patterns) {
      Matcher matcher = pattern.matcher(text).useTransparentBounds(true);
      int tried = -1;
      for (int hit = 0; hit < hits.size(); hit++) {
        if (!hits.isFor(hit, number)) {
          continue;
        }
        int from = Math.max(tried + 1, hits.position(hit) - startsBeforeHint);
        for (tried = from; tried <= hits.position(hit); tried++) {
          if (matcher.region(tried, text.length()).lookingAt()) {
            accept(text, matcher, found);
          }
        }
        tried--;
      }
    }
  }

  /** Hands on what a pattern matched if it holds; gives where it ends, or -1. */
  private int accept(CharSequence text, Matcher matcher, Consumer<Match> found) {
    boolean hasContext = matcher.pattern().pattern().contains("(?<" + GROUP + ">");
    int start = hasContext ? matcher.start(GROUP) : matcher.start();
    int end = hasContext ? matcher.end(GROUP) : matcher.end();
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
