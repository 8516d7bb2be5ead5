/**
 * All arithmetic: the interface between the model and its backends, plain ND4J or oneDNN, and the
 * buffers and dropout masks it works on.
 */
package io.dialogbert.model.kernel;
