package io.dialogbert.reaction;

/**
 * A row of the mapping: a reply and the class that it belongs to.
 *
 * @param classId id of its class; {@link #NO_CLASS} if a person took it out of all
 * @param display how the class is shown; empty without a class
 * @param key string form of its {@link CanonicalKey}
 * @param member the reply, folded
 * @param count occurrences in the training split
 * @param note {@link #DROP}, {@link #VARIANT}, a person's words, or empty
 */
public record ReactionMember(
    int classId, String lang, String display, String key, String member, long count, String note) {
  public static final int NO_CLASS = -1;

  /** The reply belongs to no class. */
  public static final String DROP = "drop";

  /** The reply joined the class by its spelling and contexts, and not by its key. */
  public static final String VARIANT = "variant";

  public boolean dropped() {
    return note.equals(DROP);
  }

  /** The class only, so that no text reaches a log. */
  @Override
  public String toString() {
    return "ReactionMember[class " + classId + ", " + lang + "]";
  }
}
