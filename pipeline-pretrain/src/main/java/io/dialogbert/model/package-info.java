/**
 * The encoder over one flat parameter vector, and the packed batch it reads.
 *
 * <p>{@link io.dialogbert.model.ParameterLayout} names the parts of the vector. Forward and
 * backward passes are written out over {@link io.dialogbert.model.kernel.Kernels}. Knows neither
 * heads nor DL4J's layers.
 */
package io.dialogbert.model;
