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

class ExampleBuilderTest {
  private static final ExampleBuilder RING = ring(Pairing.NEXT_SENTENCE);
  private static final ExampleBuilder FULL_SENTENCES = ring(Pairing.FULL_SENTENCES);

  @Test
  void doesNotDependOnTheOrderOfArrival() {
    List<TokenizedDialogue> bucket = new RandomDialogues().list(100, 20);
    List<TokenizedDialogue> reversed = new ArrayList<>(bucket);
    Collections.reverse(reversed);

    for (ExampleBuilder ring : List.of(RING, FULL_SENTENCES)) {
      assertThat(build(ring, reversed)).usingRecursiveComparison().isEqualTo(build(ring, bucket));
    }
  }

  @Test
  void servesEveryDialogue() {
    List<TokenizedDialogue> bucket = new RandomDialogues().list(100, 20);

    Set<String> served =
        build(RING, bucket).stream().map(PretrainExample::dialogueId).collect(Collectors.toSet());

    assertThat(served).hasSize(100);
  }

  @Test
  void makesTruePairsForALonelyDialogue() {
    assertThat(build(RING, new RandomDialogues().list(1, 20)))
        .isNotEmpty()
        .allMatch(e -> e.nextSentenceLabel() == PretrainExample.FOLLOWS);
    assertThat(build(RING, List.of())).isEmpty();
  }

  @Test
  void refusesABucketOfOneDialogueTwiceOrOfTwoKinds() {
    TokenizedDialogue dialogue = new RandomDialogues().ofLengths(1, 1);
    TokenizedDialogue japanese = new TokenizedDialogue("d1", "ja", "train", dialogue.turns());
    TokenizedDialogue test = new TokenizedDialogue("d1", "ko", "test", dialogue.turns());

    for (TokenizedDialogue other : List.of(dialogue, japanese, test)) {
      for (ExampleBuilder ring : List.of(RING, FULL_SENTENCES)) {
        assertThatThrownBy(() -> build(ring, List.of(dialogue, other)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("different dialogues of one language and split: dialogues d")
            .hasMessageContaining(other.dialogueId());
      }
    }
  }

  @Test
  void fillsBucketsEvenly() {
    int[] sizes = new int[10];
    IntStream.range(0, 10_000).forEach(i -> sizes[RING.bucketOf("d" + i, 10)]++);

    assertThat(IntStream.of(sizes)).allMatch(size -> size > 850 && size < 1150);
  }

  private static ExampleBuilder ring(Pairing pairing) {
    return new ExampleBuilder(new ExampleConfig(pairing, 48, 0.5, true, true), 5);
  }

  private static List<PretrainExample> build(ExampleBuilder ring, List<TokenizedDialogue> bucket) {
    List<PretrainExample> examples = new ArrayList<>();
    ring.build(bucket, (example, turns) -> examples.add(example));
    return examples;
  }
}
