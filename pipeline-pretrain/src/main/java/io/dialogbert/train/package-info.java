/**
 * Training on Spark by parameter averaging: examples, workers, evaluation, checkpoints and metrics.
 *
 * <p>{@link io.dialogbert.train.TrainingTask} says what is trained; {@code train.engine} takes the
 * optimizer's steps; {@code train.run} stores the states of a run.
 */
package io.dialogbert.train;
