/**
 * Training on Spark by parameter averaging: examples, workers, evaluation, checkpoints and metrics.
 *
 * <p>Engines stand behind {@link io.dialogbert.train.LocalTrainer}; the states of a run are kept by
 * {@code train.run}.
 */
package io.dialogbert.train;
