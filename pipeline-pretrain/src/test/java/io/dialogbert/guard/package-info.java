/**
 * The CPU used like a card, in tests: ND4J's buffers that refuse what only host memory allows. See
 * {@link io.dialogbert.model.kernel.HostMemory}.
 */
package io.dialogbert.guard;
