package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DonorRingTest {
  private static final DonorRing RING =
      new DonorRing(new ExampleBuilder(new ExampleConfig(48, 0.5, true), 5), 5);

  @Test
  void doesNotDependOnTheOrderOfArrival() {
    List<TokenizedDialogue> bucket = new RandomDialogues().list(100, 20);
    List<TokenizedDialogue> reversed = new ArrayList<>(bucket);
    Collections.reverse(reversed);

    assertThat(build(reversed)).usingRecursiveComparison().isEqualTo(build(bucket));
  }

  @Test
  void servesEveryDialogue() {
    List<TokenizedDialogue> bucket = new RandomDialogues().list(100, 20);

    Set<String> served =
        build(bucket).stream().map(PretrainExample::dialogueId).collect(Collectors.toSet());

    assertThat(served).hasSize(100);
  }

  @Test
  void makesTruePairsForALonelyDialogue() {
    assertThat(build(new RandomDialogues().list(1, 20)))
        .isNotEmpty()
        .allMatch(e -> e.nextSentenceLabel() == PretrainExample.FOLLOWS);
    assertThat(build(List.of())).isEmpty();
  }

  @Test
  void refusesADialogueThatIsThereTwice() {
    TokenizedDialogue dialogue = new RandomDialogues().next(5);

    assertThatThrownBy(() -> build(List.of(dialogue, dialogue)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another dialogue");
  }

  @Test
  void fillsBucketsEvenly() {
    int[] sizes = new int[10];
    IntStream.range(0, 10_000).forEach(i -> sizes[RING.bucketOf("d" + i, 10)]++);

    assertThat(IntStream.of(sizes)).allMatch(size -> size > 850 && size < 1150);
  }

  private static List<PretrainExample> build(List<TokenizedDialogue> bucket) {
    List<PretrainExample> examples = new ArrayList<>();
    RING.build(bucket, examples::add);
    return examples;
  }
}
