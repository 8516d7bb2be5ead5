package io.dialogbert.model.head;

import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The classes of a classifier. They are part of the network's configuration, so every checkpoint
 * records them. A class is therefore never confused with the class of the same number in another
 * task.
 *
 * @param task the task that defines the classes, such as {@code reactions}
 * @param size number of classes, C
 * @param sha256 hash of the class names in the order of their ids; empty in checkpoints of older
 *     versions, which do not record it
 */
public record ClassSet(
    @JsonProperty("task") String task,
    @JsonProperty("size") int size,
    @JsonProperty("sha256") String sha256)
    implements Strict {
  private static final int SHOWN_DIGITS = 12;

  @JsonCreator
  public ClassSet {}

  /** A set of classes whose number is known, but not their names. */
  public static ClassSet unnamed(String task, int size) {
    return new ClassSet(task, size, "");
  }

  /** Whether the two sets are known to hold the same classes under the same ids. */
  public boolean isSame(ClassSet other) {
    return !sha256.isEmpty() && equals(other);
  }

  /** The number of classes and the first digits of their hash, but no class names. */
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
