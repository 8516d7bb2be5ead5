/**
 * The interface to DL4J: networks as layers of a {@code ComputationGraph}, updaters, and models for
 * inference. The class names are written into checkpoints.
 */
package io.dialogbert.model.dl4j;
