package io.dialogbert.reaction;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether two displays are spelled, or mean, nearly the same. Must be symmetric. */
@FunctionalInterface
public interface Similarity {
  boolean similar(ReplyGroup a, ReplyGroup b);

  /**
   * By the Jaccard similarity of the character pairs of the displays.
   *
   * @param threshold in (0, 1]
   * @return for one thread
   */
  static Similarity ofCharacterPairs(double threshold) {
    Map<String, Set<String>> pairs = new HashMap<>();
    return (a, b) ->
        jaccard(
                pairs.computeIfAbsent(a.display(), Similarity::characterPairs),
                pairs.computeIfAbsent(b.display(), Similarity::characterPairs))
            >= threshold;
  }

  /** Pairs of adjacent characters without spaces and marks; a single character is itself. */
  static Set<String> characterPairs(String text) {
    String letters = text.replaceAll("[ ?]", "");
    Set<String> pairs = new HashSet<>();
    for (int i = 0; i + 1 < letters.length(); i++) {
      pairs.add(letters.substring(i, i + 2));
    }
    return pairs.isEmpty() ? Set.of(letters) : pairs;
  }

  private static double jaccard(Set<String> a, Set<String> b) {
    long common = a.stream().filter(b::contains).count();
    return (double) common / (a.size() + b.size() - common);
  }
}
