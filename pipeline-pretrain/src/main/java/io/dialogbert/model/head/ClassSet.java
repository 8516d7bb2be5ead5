package io.dialogbert.model.head;

/**
 * The classes of a classifier. They are part of the network's configuration, so that every
 * checkpoint has them and no class is taken for one of the same number in another task.
 *
 * @param task what the classes are classes of, such as {@code reactions}
 * @param size number of classes, C
 * @param sha256 of the classes' names in the order of their ids; empty in checkpoints of older
 *     versions, which do not record it
 */
public record ClassSet(String task, int size, String sha256) {
  private static final int SHOWN_DIGITS = 12;

  /** Classes of which only their number is known. */
  public static ClassSet unknown(int size) {
    return new ClassSet("classes", size, "");
  }

  /** Whether the classes are known to be the same, each under the same id. */
  public boolean isSame(ClassSet other) {
    return !sha256.isEmpty() && equals(other);
  }

  /** The number of classes and the start of their hash, but none of their names. */
  @Override
  public String toString() {
    return size
        + " "
        + task
        + (sha256.isEmpty()
            ? ", not recorded which"
            : " (" + sha256.substring(0, SHOWN_DIGITS) + ")");
  }
}
