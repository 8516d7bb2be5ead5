/**
 * How rows of the pipeline's tables become objects and back, and what the jobs share to make them.
 * The tables are the contract between jobs: a job knows another one by its tables alone.
 */
package io.dialogbert.job.table;
