package io.dialogbert.respond;

import java.util.Locale;

/** The tasks that find answers, the one of best quality and least coverage first. */
public enum Source {
  /** Query similarity: the reply that people gave to the most similar query. */
  PAIR,
  /** Reply matching: the reply that fits the context best, whatever it answered. */
  REPLY,
  /** Reaction classification: the most probable of the common short replies. */
  REACTION;

  /** The name in answers. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
