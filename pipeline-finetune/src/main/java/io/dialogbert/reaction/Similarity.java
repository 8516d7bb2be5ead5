package io.dialogbert.reaction;

import java.util.HashSet;
import java.util.Set;

/** Whether two displays are spelled, or mean, nearly the same. Must be symmetric. */
@FunctionalInterface
public interface Similarity {
  boolean similar(ReplyGroup a, ReplyGroup b);

  /**
   * By the Jaccard similarity of the character pairs of the displays.
   *
   * @param threshold in (0, 1]
   */
  static Similarity ofCharacterPairs(double threshold) {
    return (a, b) -> jaccard(characterPairs(a.display()), characterPairs(b.display())) >= threshold;
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
