/**
 * All arithmetic: the seam between the model and what runs it, plain ND4J or oneDNN, with the
 * buffers and dropout masks it works on.
 */
package io.dialogbert.model.kernel;
