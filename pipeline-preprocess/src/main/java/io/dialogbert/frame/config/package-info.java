/**
 * Reads a job's settings and reports every problem at once, with file and line. Depends on no job
 * and no store.
 */
package io.dialogbert.frame.config;
