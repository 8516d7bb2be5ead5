package io.dialogbert.model.head;

import java.io.Serializable;
import org.nd4j.shade.jackson.annotation.JsonAnySetter;

/**
 * A part of a network's JSON that refuses what it does not know. Stock Spark training serializes
 * it, too.
 */
public interface Strict extends Serializable {
  /**
   * Refuses a field that a later version added: it changes the network in a way that this version
   * does not support.
   */
  @JsonAnySetter
  default void refuse(String field, Object value) {
    throw new IllegalArgumentException(
        getClass().getSimpleName()
            + " has a field that this version does not know: "
            + field
            + "; read it with the version that wrote it");
  }
}
