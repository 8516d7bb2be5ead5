/**
 * The framework that runs a job: arguments, session, inputs, output, exit code.
 *
 * <p>A job declares what it reads and writes ({@link io.dialogbert.frame.Lineage}) and does its
 * work in {@link io.dialogbert.frame.Job#run}. Everything else happens here, the same for every
 * job. May use {@code frame.config}, {@code frame.store} and {@code common}; names no job. Only the
 * session, its context and its progress log use Spark.
 */
package io.dialogbert.frame;
