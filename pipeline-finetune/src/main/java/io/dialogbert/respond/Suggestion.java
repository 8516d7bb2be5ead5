package io.dialogbert.respond;

/**
 * A possible answer.
 *
 * @param score similarity of the queries or of context and reply, at most about 1; or the
 *     probability of a reaction
 * @param query the query that it answered, for query similarity; otherwise empty
 * @param people number of people who gave this reply to that query, or wrote it; 0 for reactions
 */
public record Suggestion(String text, double score, String query, long people) {}
