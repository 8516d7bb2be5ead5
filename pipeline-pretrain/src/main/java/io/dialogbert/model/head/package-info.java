/** Heads on top of the encoder, their losses and scores. Does not depend on DL4J. */
package io.dialogbert.model.head;
