/** {@code build-dialogues}: messages to sessions of turns, split and deduplicated. */
package io.dialogbert.job.dialogue;
