package io.dialogbert.sample;

/**
 * A made-up piece of personal data in the corpus, for tests of what finds and masks such data.
 *
 * @param kind name of the grammar's pattern in upper case, for example {@code PHONE}
 * @param value the text as it stands in the message
 * @param conversationId where it was planted
 * @param messageId where it was planted; a numeric id in decimal digits
 */
public record Planted(String kind, String value, String conversationId, String messageId) {}
