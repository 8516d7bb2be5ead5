package io.dialogbert.reaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.reaction.CanonicalKey.Tense;
import io.dialogbert.reaction.VariantMerger.Variant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class VariantMergerTest {
  private static final VariantMerger MERGER = new VariantMerger(new ReactionRules(List.of()));

  private static CanonicalKey key(String content) {
    return new CanonicalKey(content, false, false, Tense.PRESENT);
  }

  /** Words before a reply: {@code first} in one bucket, {@code second} in another. */
  private static long[] contexts(long first, long second) {
    long[] contexts = new long[Contexts.NUM_BUCKETS];
    contexts[3] = first;
    contexts[60] = second;
    return contexts;
  }

  private static Variant variant(String display, long[] contexts) {
    return new Variant("ko", key(display), display, contexts);
  }

  private static int[] merge(Variant... variants) {
    return MERGER.merge(List.of(variants));
  }

  @Test
  void mergesLikeWordingInLikeContexts() {
    // Character pairs: 3 of 4 shared. Contexts: equal shares.
    assertThat(merge(variant("가나다라", contexts(5, 5)), variant("가나다라마", contexts(50, 50))))
        .containsExactly(0, 0);
  }

  @Test
  void neitherWordingNorContextsAloneMerge() {
    assertThat(merge(variant("가나다라", contexts(5, 5)), variant("가나바사", contexts(5, 5))))
        .containsExactly(0, 1);
    assertThat(merge(variant("가나다라", contexts(5, 0)), variant("가나다라마", contexts(0, 5))))
        .containsExactly(0, 1);
  }

  @Test
  void neverMergesWhatOnlyEndsAlike() {
    Variant base = new Variant("ko", key("가나바"), "가나바하세요", contexts(5, 5));
    assertThat(merge(base, new Variant("ko", key("다나바"), "다나바하세요", contexts(5, 5))))
        .containsExactly(0, 1);
    assertThat(merge(base, new Variant("ko", key("다 가나바"), "다가나바하세요", contexts(5, 5))))
        .containsExactly(0, 0);
  }

  @Test
  void neverMergesOtherFlagsLanguagesOrOpposites() {
    Variant base = variant("가나다라", contexts(5, 5));
    for (CanonicalKey other :
        List.of(
            new CanonicalKey("가나다라마", true, false, Tense.PRESENT),
            new CanonicalKey("가나다라마", false, true, Tense.PRESENT),
            new CanonicalKey("가나다라마", false, false, Tense.PAST))) {
      assertThat(merge(base, new Variant("ko", other, "가나다라마", base.contexts())))
          .containsExactly(0, 1);
    }
    assertThat(merge(base, new Variant("ja", key("가나다라마"), "가나다라마", base.contexts())))
        .containsExactly(0, 1);
    assertThat(
            merge(
                new Variant("ko", key("정말 정말 좋"), "가나다라", base.contexts()),
                new Variant("ko", key("정말 정말 싫"), "가나다라마", base.contexts())))
        .containsExactly(0, 1);
  }

  @Test
  void joinsClustersOnlyIfAllTheirPairsMayJoin() {
    // The outer two diverge by 0.28, each from the middle by at most 0.08.
    Variant left = variant("가나다라", contexts(80, 20));
    Variant middle = variant("가나다라마", contexts(50, 50));
    Variant right = variant("가나다라바", contexts(20, 80));
    assertThat(Contexts.divergence(left.contexts(), right.contexts()))
        .isGreaterThan(VariantMerger.MAX_DIVERGENCE);
    assertThat(merge(left, middle, right)).containsExactly(0, 0, 2);
  }

  @Test
  void divergenceIsThatOfThePaper() {
    assertThat(Contexts.divergence(contexts(1, 1), contexts(7, 7))).isZero();
    assertThat(Contexts.divergence(contexts(1, 0), contexts(0, 1))).isEqualTo(1);
    assertThat(Contexts.divergence(contexts(0, 0), contexts(1, 1))).isEqualTo(1);
    // H(3/4, 1/4) - H(1/2, 1/2) / 2 - H(1, 0) / 2, in bits.
    assertThat(Contexts.divergence(contexts(1, 1), contexts(1, 0)))
        .isCloseTo(0.3112781244591328, within(1e-12));
  }

  @Test
  void bucketsAreInRangeAndSpread() {
    assertThat(IntStream.range(0, 10_000).map(i -> Contexts.bucket("word " + i)).distinct().boxed())
        .hasSize(Contexts.NUM_BUCKETS)
        .allMatch(bucket -> bucket >= 0 && bucket < Contexts.NUM_BUCKETS);
  }
}
