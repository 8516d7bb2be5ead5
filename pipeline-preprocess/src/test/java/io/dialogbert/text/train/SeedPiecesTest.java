package io.dialogbert.text.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.text.RandomTexts;
import io.dialogbert.text.piece.Symbols;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeedPiecesTest {
  @Test
  void findsCharactersAndSubstringsThatAreNotAlwaysPartOfALongerOne() {
    Map<String, Long> counts = Map.of("▁안녕하세요", 3L, "▁안녕", 2L, "하이", 1L);

    // 녕하, 하세 and similar ones occur exactly where a longer substring does; 하이 only once.
    assertThat(seeds(counts, 16, 100))
        .containsExactlyInAnyOrder(
            "▁", "안", "녕", "하", "세", "요", "이", "▁안녕", "▁안녕하세요", "안녕", "안녕하세요", "녕하세요", "하세요", "세요");
  }

  @Test
  void findsTheSubstringsThatCountingEachGives() {
    for (int n = 0; n < 300; n++) {
      SplittableRandom random = Seeds.of(RandomTexts.SEED, "seeds", n);
      Map<String, Long> counts = new HashMap<>();
      for (int i = 0; i < 8; i++) {
        String word =
            random
                .ints(1 + random.nextInt(7), 0, 3)
                .mapToObj("가나다"::charAt)
                .map(String::valueOf)
                .reduce("", String::concat);
        counts.put(word, 1L + random.nextInt(3));
      }
      int maxLength = 2 + random.nextInt(5);
      assertThat(seeds(counts, maxLength, 1_000))
          .as(RandomTexts.describe(n))
          .isEqualTo(seedsByCounting(counts, maxLength));
    }
  }

  @Test
  void keepsTheSeedsThatCoverMostText() {
    Map<String, Long> counts = Map.of("가나", 10L, "다라", 5L, "마바", 2L);
    assertThat(seeds(counts, 16, 2)).contains("가나", "다라").doesNotContain("마바");
  }

  @Test
  void doesNotMixScriptsExceptThoseOfJapanese() {
    Map<String, Long> counts = Map.of("▁네ok", 5L, "食べるー", 5L, "ㅋㅋ네", 5L, "네!!", 5L);
    assertThat(seeds(counts, 16, 100))
        .contains("食べるー", "ㅋㅋ네", "▁네", "!!", "ok")
        .doesNotContain("▁네ok", "네ok", "네!!");
  }

  private static Set<String> seeds(Map<String, Long> counts, int maxLength, int maxSeeds) {
    WordTable words = WordTable.of(counts, Symbols.CODE_POINTS, 1);
    PieceSet pieces = SeedPieces.find(words, maxLength, maxSeeds);
    Set<String> strings = new HashSet<>();
    IntStream.range(0, pieces.size())
        .forEach(i -> assertThat(strings.add(pieces.string(i, words.symbols))).isTrue());
    return strings;
  }

  /**
   * Single characters, and substrings that occur at least twice and more often than with any next
   * character.
   */
  private static Set<String> seedsByCounting(Map<String, Long> counts, int maxLength) {
    Map<String, Long> substrings = new HashMap<>();
    counts.forEach(
        (word, count) -> {
          for (int from = 0; from < word.length(); from++) {
            for (int to = from + 1; to <= Math.min(word.length(), from + maxLength); to++) {
              substrings.merge(word.substring(from, to), count, Long::sum);
            }
          }
        });
    Set<String> seeds = new HashSet<>(Set.of("▁"));
    substrings.forEach(
        (string, count) -> {
          boolean partOfLonger =
              "가나다".chars().anyMatch(c -> count.equals(substrings.get(string + (char) c)));
          if (string.length() == 1 || (count >= 2 && !partOfLonger)) {
            seeds.add(string);
          }
        });
    return seeds;
  }
}
