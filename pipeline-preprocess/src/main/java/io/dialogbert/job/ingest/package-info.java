/**
 * {@code ingest-messages}: raw messages to clean ones, pseudonymised, masked and normalized.
 *
 * <p>{@code read} turns files into raw messages, {@code export} knows messengers' text exports, and
 * this package cleans the messages and writes the table.
 */
package io.dialogbert.job.ingest;
