package io.dialogbert.preprocess;

import io.dialogbert.dialogue.Message;

/**
 * A message as its file has it.
 *
 * @param message with the messenger's own ids
 * @param senderName the sender's display name, or null where the file does not tell
 */
record RawMessage(Message message, String senderName) {}
