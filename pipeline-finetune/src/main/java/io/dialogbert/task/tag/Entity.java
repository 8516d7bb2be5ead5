package io.dialogbert.task.tag;

import java.io.Serializable;

/**
 * A span of a text with a type.
 *
 * @param start its first character, in code points from 0
 * @param end the character after its last one
 * @param type index of its class
 */
public record Entity(int start, int end, int type) implements Serializable {
  public Entity {
    if (start < 0 || start >= end || type < 0) {
      throw new IllegalArgumentException(
          "an entity must hold a character and have a type, is %d to %d of type %d"
              .formatted(start, end, type));
    }
  }
}
