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
    List<Pattern> patterns,
    Validator validator,
    List<String> positive,
    List<String> negative) {
  private static final String GROUP = "pii";

  PiiRule {
    requireNonNull(kind, "kind");
    requireNonNull(name, "name");
    requireNonNull(validator, "validator");
    hints = List.copyOf(hints);
    patterns = List.copyOf(patterns);
    positive = List.copyOf(positive);
    negative = List.copyOf(negative);
    if (patterns.isEmpty()) {
      throw new IllegalArgumentException("rule " + name + " has no pattern");
    }
  }

  /** A region of a text that a rule takes for personal data; {@code end} is exclusive. */
  record Match(PiiKind kind, int priority, int start, int end) {}

  /** Whether a text can match at all: a cheap check before {@link #find}. */
  boolean mayMatch(String text, int numDigits) {
    if (numDigits < minDigits) {
      return false;
    }
    for (String hint : hints) {
      if (text.contains(hint)) {
        return true;
      }
    }
    return hints.isEmpty();
  }

  /** Hands every match in {@code text}, which is in matching form, to {@code found}. */
  void find(CharSequence text, Consumer<Match> found) {
    for (Pattern pattern : patterns) {
      Matcher matcher = pattern.matcher(text);
      boolean hasContext = pattern.pattern().contains("(?<" + GROUP + ">");
      int from = 0;
      while (from < text.length() && matcher.find(from)) {
        int start = hasContext ? matcher.start(GROUP) : matcher.start();
        int end = hasContext ? matcher.end(GROUP) : matcher.end();
        if (validator.accepts(text.subSequence(start, end))) {
          found.accept(new Match(kind, priority, start, end));
          from = end;
        } else {
          from = matcher.start() + 1;
        }
      }
    }
  }
}
