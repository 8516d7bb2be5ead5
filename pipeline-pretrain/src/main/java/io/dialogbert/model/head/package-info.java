/**
 * Heads on top of the encoder, what they learn from, and the network of all. Does not depend on
 * DL4J.
 *
 * <p>{@link io.dialogbert.model.head.ModelConfig} describes a network, and {@link
 * io.dialogbert.model.head.DataParallel} runs it. The class names of losses are not written into
 * checkpoints, but the names of their fields are.
 */
package io.dialogbert.model.head;
