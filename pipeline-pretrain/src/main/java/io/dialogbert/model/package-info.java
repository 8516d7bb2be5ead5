/**
 * The encoder, its heads and the DL4J layers over them.
 *
 * <p>All parameters lie in one flat vector that {@link io.dialogbert.model.ParameterLayout} names.
 * Forward and backward are written out over {@link io.dialogbert.model.kernel.Kernels} and run on packed
 * tokens ({@link io.dialogbert.model.PackedBatch}): the real tokens of a batch in one matrix, no
 * padding. {@link io.dialogbert.model.dl4j.PretrainingModel} and {@link
 * io.dialogbert.model.dl4j.ClassificationModel} wrap that as DL4J computation graphs, which own
 * updaters, schedules, listeners and the saved form.
 */
package io.dialogbert.model;
