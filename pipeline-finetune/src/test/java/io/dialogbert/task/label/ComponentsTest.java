package io.dialogbert.task.label;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComponentsTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);

  @Test
  void chainsAreOneComponent() {
    assertThat(
            Components.of(
                List.of(List.of("d", "c"), List.of("x"), List.of("b", "a"), List.of("c", "b"))))
        .containsExactly("a", "x", "a", "a");
  }

  @Test
  void areThoseOfAPlainSearchInAnyOrder() {
    Random random = new Random(SEED);
    for (int trial = 0; trial < 200; trial++) {
      int numKeys = 1 + random.nextInt(30);
      List<List<String>> items = new ArrayList<>();
      for (int i = random.nextInt(30); i >= 0; i--) {
        items.add(
            IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(j -> "k" + random.nextInt(numKeys))
                .toList());
      }
      List<String> expected = items.stream().map(item -> leastReachable(item, items)).toList();
      String what = "trial %d, repeat with -Dtests.seed=%d".formatted(trial, SEED);
      assertThat(Components.of(items)).as(what).isEqualTo(expected);
      List<Integer> order = new ArrayList<>(IntStream.range(0, items.size()).boxed().toList());
      Collections.shuffle(order, random);
      assertThat(Components.of(order.stream().map(items::get).toList()))
          .as(what)
          .isEqualTo(order.stream().map(expected::get).toList());
    }
  }

  private static String leastReachable(List<String> from, List<List<String>> items) {
    Set<String> reached = new HashSet<>(from);
    boolean grew = true;
    while (grew) {
      grew = false;
      for (List<String> item : items) {
        if (item.stream().anyMatch(reached::contains)) {
          grew |= reached.addAll(item);
        }
      }
    }
    return Collections.min(reached);
  }

  @Test
  void aMillionItemsInOneChainTakeLinearTimeAndNoStack() {
    List<List<String>> chain =
        IntStream.range(0, 1_000_000).mapToObj(i -> List.of("k" + i, "k" + (i + 1))).toList();
    assertThat(new HashSet<>(Components.of(chain))).containsExactly("k0");
  }
}
