/**
 * The frame of a job: arguments, session, inputs, output, exit code.
 *
 * <p>A job says what it reads and writes ({@link io.dialogbert.frame.Lineage}) and does its work in
 * {@link io.dialogbert.frame.Job#run}. Everything else happens here, the same for every job. May
 * use {@code frame.config}, {@code frame.store} and {@code common}; knows no job by name. Only the
 * session, its context and its progress log know Spark.
 */
package io.dialogbert.frame;
