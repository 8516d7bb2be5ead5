package io.dialogbert.dialogue;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * One message of a messenger.
 *
 * @param conversationId the conversation it belongs to; a pseudonym once ingested, like the other
 *     ids
 * @param messageId unique within the conversation
 * @param senderId the sender
 * @param sentAt when it was sent
 * @param lang ISO 639-1 code: {@code ko} or {@code ja}
 * @param text the text as written
 * @param source where the message came from
 * @param sourceRow row of the source, counted from 1; orders messages of the same time
 */
public record Message(
    String conversationId,
    String messageId,
    String senderId,
    Instant sentAt,
    String lang,
    String text,
    String source,
    long sourceRow) {
  public Message {
    requireNonNull(conversationId, "conversationId");
    requireNonNull(messageId, "messageId");
    requireNonNull(senderId, "senderId");
    requireNonNull(sentAt, "sentAt");
    requireNonNull(lang, "lang");
    requireNonNull(text, "text");
    requireNonNull(source, "source");
  }

  /**
   * The source position only, so that text and ids cannot reach a log through a message's string
   * form.
   */
  @Override
  public String toString() {
    return "Message[" + source + ", row " + sourceRow + ", length " + text.length() + "]";
  }
}
