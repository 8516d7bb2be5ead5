package io.dialogbert.job.ingest.read;

import io.dialogbert.dialogue.Message;

/**
 * A message as read from its file.
 *
 * @param message with the messenger's own ids
 * @param senderName the sender's display name, or null if the file does not give it
 */
public record RawMessage(Message message, String senderName) {}
