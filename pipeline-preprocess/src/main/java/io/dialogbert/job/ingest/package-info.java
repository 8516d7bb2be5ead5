/**
 * {@code ingest-messages}: turns raw messages into clean ones: pseudonymized, masked and
 * normalized.
 *
 * <p>{@code read} turns files into raw messages, {@code export} reads messengers' text exports, and
 * this package cleans the messages and writes the table.
 */
package io.dialogbert.job.ingest;
