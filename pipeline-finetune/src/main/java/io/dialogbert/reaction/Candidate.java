package io.dialogbert.reaction;

/**
 * A reply that may be a reaction.
 *
 * @param lang its language
 * @param member its first sentence, folded, as it may be shown
 * @param key what it says
 */
public record Candidate(String lang, String member, CanonicalKey key) {
  /** Neither text nor key, so that none reaches a log. */
  @Override
  public String toString() {
    return "Candidate[" + lang + "]";
  }
}
