/**
 * The encoder over one flat parameter vector, and the packed batch it reads.
 *
 * <p>{@link io.dialogbert.model.ParameterLayout} names the parts of the vector. Forward and
 * backward passes are written explicitly with {@link io.dialogbert.model.kernel.Kernels}. This
 * package does not depend on heads or on DL4J's layers.
 */
package io.dialogbert.model;
