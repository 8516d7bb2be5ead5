package io.dialogbert.reaction;

import java.util.Locale;

/** Why a reply is no candidate for a reaction. */
public enum Rejection {
  /** There are no rules for its language. */
  LANGUAGE,
  /** It has no words, laughter or tears. */
  NO_WORDS,
  /** It has a placeholder of masked personal data. */
  PERSONAL_DATA,
  DIGITS,
  TOO_LONG,
  /** It repeats the turn before. */
  COPY,
  HARMFUL,
  /** A turn of its dialogue is a threat: what calms it is no everyday reaction. */
  THREAT;

  /** The name in counts, in kebab-case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
