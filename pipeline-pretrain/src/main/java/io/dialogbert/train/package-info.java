/**
 * Training on Spark by parameter averaging: examples, workers, evaluation, checkpoints and metrics.
 *
 * <p>{@link io.dialogbert.train.LocalTrainer} is the interface to training engines; {@code
 * train.run} stores the states of a run.
 */
package io.dialogbert.train;
