/**
 * Converts rows of the pipeline's tables to objects and back, with helpers that jobs share. The
 * tables are the contract between jobs: a job knows another job only by its tables.
 */
package io.dialogbert.job.table;
