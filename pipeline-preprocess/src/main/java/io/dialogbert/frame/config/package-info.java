/**
 * Reads a job's settings and reports every problem at once, with file and line. Knows no job and no
 * store.
 */
package io.dialogbert.frame.config;
