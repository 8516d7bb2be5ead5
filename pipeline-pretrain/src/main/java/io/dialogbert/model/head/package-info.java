/**
 * Heads on top of the encoder, their losses, and the network that joins them. Does not depend on
 * DL4J.
 *
 * <p>{@link io.dialogbert.model.head.ModelConfig} describes a network, and {@link
 * io.dialogbert.model.head.DataParallel} runs it. The class names of losses are not written into
 * checkpoints, but the names of their fields are.
 */
package io.dialogbert.model.head;
