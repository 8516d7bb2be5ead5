package io.dialogbert.reaction;

/**
 * A line of the mapping: a member of a class.
 *
 * @param classId from 0; ids of dropped classes stay unused
 * @param display the class's most frequent member
 * @param key what the rules made of the member; see {@link CanonicalKey}
 * @param count replies of the training split that are this member
 * @param note {@link #DROP}, or empty
 */
public record ReactionRow(
    int classId, String lang, String display, String key, String member, long count, String note) {
  /** The note of a member that belongs to no class. */
  public static final String DROP = "drop";

  public boolean isDropped() {
    return note.equals(DROP);
  }

  /** Neither text nor key, so that none reaches a log. */
  @Override
  public String toString() {
    return "ReactionRow[" + classId + ", " + lang + ", " + count + "]";
  }
}
