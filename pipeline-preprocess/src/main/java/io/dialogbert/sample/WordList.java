package io.dialogbert.sample;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A named list of templates. The probability of rank r is proportional to r to the power -s. */
final class WordList {
  private final List<Template> entries;
  private final double[] cumulative;

  WordList(List<Template> entries, double exponent) {
    this.entries = List.copyOf(entries);
    this.cumulative = new double[entries.size()];
    double sum = 0;
    for (int rank = 1; rank <= cumulative.length; rank++) {
      sum += Math.pow(rank, -exponent);
      cumulative[rank - 1] = sum;
    }
  }

  List<Template> entries() {
    return entries;
  }

  Template draw(SplittableRandom random) {
    double at = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, at);
    return entries.get(Math.min(found >= 0 ? found + 1 : -found - 1, cumulative.length - 1));
  }
}
