package io.dialogbert.sample;

/**
 * A made-up piece of personal data in the corpus, for testing detection and masking.
 *
 * @param kind name of the grammar's pattern in upper case, for example {@code PHONE}
 * @param value the text as it appears in the message
 * @param conversationId conversation where it was planted
 * @param messageId message where it was planted; a numeric id in decimal digits
 */
public record PlantedPii(String kind, String value, String conversationId, String messageId) {}
