/**
 * What came out of a run of the pipeline, for people: one HTML file with tables and charts that
 * opens without a network, and a plain text table for the console. Reads manifests and training
 * metrics; what lies in Parquet is handed in as small tables.
 */
package io.dialogbert.report;
