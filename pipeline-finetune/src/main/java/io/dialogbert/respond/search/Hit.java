package io.dialogbert.respond.search;

import java.util.Comparator;

/**
 * A vector that was found.
 *
 * @param row its number, from 0 in the order in which vectors were added
 * @param score its dot product with the query
 */
public record Hit(int row, float score) {
  /** The best first; of equal scores, the lower row. */
  static final Comparator<Hit> BEST_FIRST =
      Comparator.comparing(Hit::score, Comparator.reverseOrder()).thenComparingInt(Hit::row);
}
