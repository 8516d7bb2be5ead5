/**
 * The results of a pipeline run, for people: one HTML file with tables and charts that opens
 * without a network, and a plain text table for the console. Reads manifests and training metrics;
 * Parquet data is passed in as small tables.
 */
package io.dialogbert.report;
