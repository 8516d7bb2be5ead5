package io.dialogbert.job.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CountHistogramTest {
  @Test
  void mostFrequentThingsAreTakenFirst() {
    CountHistogram histogram = new CountHistogram();
    histogram.add(1, 100);
    histogram.add(10, 3);
    histogram.add(50, 1);
    assertThat(histogram.items()).isEqualTo(104);
    assertThat(histogram.occurrences()).isEqualTo(180);
    assertThat(histogram.occurrencesOfMostFrequent(0)).isZero();
    assertThat(histogram.occurrencesOfMostFrequent(1)).isEqualTo(50);
    assertThat(histogram.occurrencesOfMostFrequent(3)).isEqualTo(70);
    assertThat(histogram.occurrencesOfMostFrequent(5)).isEqualTo(81);
    assertThat(histogram.occurrencesOfMostFrequent(1_000)).isEqualTo(180);
  }

  @Test
  void aShareOfTheThingsIsRoundedUpAndNoFurther() {
    CountHistogram histogram = new CountHistogram();
    histogram.add(1, 70);
    // In floating point, a tenth of 70 is a little more than 7.
    assertThat(histogram.oneIn(10)).isEqualTo(7);
    assertThat(histogram.oneIn(69)).isEqualTo(2);
    assertThat(histogram.oneIn(10_000)).isEqualTo(1);
    assertThat(new CountHistogram().oneIn(10)).isZero();
  }

  @Test
  void isAsASortedListOfAllCounts() {
    long seed = Long.getLong("tests.seed", System.nanoTime());
    System.out.println("tests.seed = " + seed);
    long[] counts = new Random(seed).longs(500, 1, 40).toArray();
    CountHistogram histogram = new CountHistogram();
    Arrays.stream(counts).forEach(count -> histogram.add(count, 1));
    Arrays.sort(counts);
    long covered = 0;
    for (int most = 1; most <= counts.length; most++) {
      covered += counts[counts.length - most];
      assertThat(histogram.occurrencesOfMostFrequent(most)).as("of " + most).isEqualTo(covered);
    }
  }
}
