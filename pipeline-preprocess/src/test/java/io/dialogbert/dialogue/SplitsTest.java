package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitsTest {
  @Test
  void givesEachSplitItsShare() {
    Splits splits = new Splits(7, 0.05, 0.1);

    Map<String, Long> counts =
        IntStream.range(0, 100_000)
            .mapToObj(i -> splits.of("c" + i))
            .collect(Collectors.groupingBy(s -> s, Collectors.counting()));

    assertThat(counts).containsOnlyKeys(Splits.TRAIN, Splits.VALIDATION, Splits.TEST);
    assertThat(counts.get(Splits.VALIDATION)).isCloseTo(5_000, within(300L));
    assertThat(counts.get(Splits.TEST)).isCloseTo(10_000, within(400L));
  }

  @Test
  void doesNotMoveTestConversationsWhenValidationGrows() {
    Splits small = new Splits(7, 0.01, 0.1);
    Splits large = new Splits(7, 0.2, 0.1);

    assertThat(
            IntStream.range(0, 10_000)
                .mapToObj(i -> "c" + i)
                .filter(c -> small.of(c).equals(Splits.TEST))
                .toList())
        .isEqualTo(
            IntStream.range(0, 10_000)
                .mapToObj(i -> "c" + i)
                .filter(c -> large.of(c).equals(Splits.TEST))
                .toList());
  }

  @Test
  void dependsOnTheSeed() {
    assertThat(IntStream.range(0, 1000).mapToObj(i -> new Splits(1, 0.2, 0.2).of("c" + i)).toList())
        .isNotEqualTo(
            IntStream.range(0, 1000).mapToObj(i -> new Splits(2, 0.2, 0.2).of("c" + i)).toList());
  }

  @Test
  void refusesRatiosAboveOne() {
    assertThatThrownBy(() -> new Splits(1, 0.6, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "validation-ratio = 0.6 and test-ratio = 0.5 must be at least 0, and at most 1 together");
  }
}
