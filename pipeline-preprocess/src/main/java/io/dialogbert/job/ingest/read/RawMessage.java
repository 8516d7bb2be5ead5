package io.dialogbert.job.ingest.read;

import io.dialogbert.dialogue.Message;

/**
 * A message as its file has it.
 *
 * @param message with the messenger's own ids
 * @param senderName the sender's display name, or null where the file does not tell
 */
public record RawMessage(Message message, String senderName) {}
