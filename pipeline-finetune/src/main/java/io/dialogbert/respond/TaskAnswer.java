package io.dialogbert.respond;

import java.util.List;
import java.util.Optional;

/**
 * What one task found.
 *
 * @param suggestions the best first; empty if nothing was found
 * @param threshold least score at which the first of them is an answer
 * @param micros time taken, in microseconds
 * @param leftOut why the task was not tried; empty if it was
 */
public record TaskAnswer(
    Source source,
    List<Suggestion> suggestions,
    double threshold,
    long micros,
    Optional<String> leftOut) {
  public TaskAnswer {
    suggestions = List.copyOf(suggestions);
  }

  /** The first suggestion, if its score is enough. */
  public Optional<Suggestion> answer() {
    return suggestions.stream().findFirst().filter(best -> best.score() >= threshold);
  }
}
