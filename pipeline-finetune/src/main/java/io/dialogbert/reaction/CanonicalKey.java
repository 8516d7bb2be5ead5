package io.dialogbert.reaction;

import java.io.Serializable;
import java.util.List;

/**
 * What a reply says, apart from its spelling, tone and politeness. Replies with equal keys are one
 * reaction.
 *
 * @param content content morphemes in base form, separated by spaces; a reply of none is its own
 *     content
 */
public record CanonicalKey(String content, boolean question, boolean negation, Tense tense)
    implements Serializable {

  /** The tense, as far as the reply marks it. */
  public enum Tense {
    PRESENT(""),
    PAST(" +past"),
    FUTURE(" +future");

    private final String mark;

    Tense(String mark) {
      this.mark = mark;
    }
  }

  List<String> words() {
    return List.of(content.split(" ", -1));
  }

  boolean hasFlagsOf(CanonicalKey other) {
    return question == other.question && negation == other.negation && tense == other.tense;
  }

  /** One string for one key, such as {@code 좋 +negation +past}. Content has no plus sign. */
  @Override
  public String toString() {
    return content + (question ? " +question" : "") + (negation ? " +negation" : "") + tense.mark;
  }

  /** The key of a string form. */
  public static CanonicalKey parse(String text) {
    int flags = text.indexOf(" +");
    String marks = flags < 0 ? "" : text.substring(flags);
    Tense tense =
        marks.contains(Tense.PAST.mark)
            ? Tense.PAST
            : marks.contains(Tense.FUTURE.mark) ? Tense.FUTURE : Tense.PRESENT;
    return new CanonicalKey(
        flags < 0 ? text : text.substring(0, flags),
        marks.contains(" +question"),
        marks.contains(" +negation"),
        tense);
  }
}
