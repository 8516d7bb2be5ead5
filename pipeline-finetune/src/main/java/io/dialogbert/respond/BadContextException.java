package io.dialogbert.respond;

import java.util.Locale;

/** A context that cannot be answered. Its message holds no text of it. */
public final class BadContextException extends RuntimeException {
  /** The rule that it breaks. */
  public enum Problem {
    /** A turn has nothing visible, or there is no turn. */
    EMPTY_TEXT,
    TEXT_TOO_LONG,
    TOO_MANY_TURNS,
    /** Nothing is to be filled in. */
    NO_MASK,
    /** Neither given nor seen in the letters, or one that no model knows. */
    UNKNOWN_LANGUAGE;

    /** The name in answers, in kebab-case. */
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Problem problem;

  BadContextException(Problem problem, String message) {
    super(message);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
