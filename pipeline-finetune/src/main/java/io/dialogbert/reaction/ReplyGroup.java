package io.dialogbert.reaction;

/**
 * The replies of one key.
 *
 * @param display its most frequent member that may be shown
 * @param conversations number of distinct conversations with such a reply
 * @param contexts counts of the words of the turns before, by bucket; empty if not counted. Owned
 *     by the group
 */
public record ReplyGroup(
    String lang, CanonicalKey key, String display, long conversations, long[] contexts) {
  /** Sizes only, so that no text reaches a log. */
  @Override
  public String toString() {
    return "ReplyGroup[" + lang + ", conversations " + conversations + "]";
  }
}
