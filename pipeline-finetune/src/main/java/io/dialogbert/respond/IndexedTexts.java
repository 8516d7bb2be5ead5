package io.dialogbert.respond;

import java.util.List;

/**
 * The texts of one table and language that are found by their vectors. The lists are parallel to
 * the rows of the search.
 *
 * @param queries texts that were answered; empty in a table of replies
 * @param replies texts that answer
 * @param people who gave the reply to the query, or wrote it
 */
public record IndexedTexts(
    List<String> queries, List<String> replies, long[] people, BatchedSearch search) {
  public IndexedTexts {
    if (replies.size() != search.size() || people.length != search.size()) {
      throw new IllegalArgumentException(
          "%d texts need as many vectors, there are %d".formatted(replies.size(), search.size()));
    }
  }

  Suggestion suggestion(int row, double score) {
    return new Suggestion(
        replies.get(row), score, queries.isEmpty() ? "" : queries.get(row), people[row]);
  }
}
