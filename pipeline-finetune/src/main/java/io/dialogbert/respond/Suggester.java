package io.dialogbert.respond;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task that suggests answers. Serves any number of threads. */
@FunctionalInterface
public interface Suggester {
  /**
   * Suggests answers.
   *
   * @return the best first; empty if there are none
   * @throws TooSlowException if the deadline passes first
   */
  List<Suggestion> suggest(Context context, Deadline deadline) throws TooSlowException;

  /**
   * The first of some suggestions: each text once, and none that repeats the turn it answers.
   *
   * @param suggestions the best first
   */
  static List<Suggestion> best(Collection<Suggestion> suggestions, Context context, int count) {
    Map<String, Suggestion> distinct = new LinkedHashMap<>();
    for (Suggestion suggestion : suggestions) {
      if (!suggestion.text().equals(context.lastTurn().strip())) {
        distinct.putIfAbsent(suggestion.text(), suggestion);
      }
    }
    return distinct.values().stream().limit(count).toList();
  }
}
