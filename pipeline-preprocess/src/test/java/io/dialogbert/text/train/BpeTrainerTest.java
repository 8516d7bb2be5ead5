package io.dialogbert.text.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.text.RandomTexts;
import io.dialogbert.text.Samples;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.Symbols;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
  /** The sentence from a Korean BERT tutorial whose slides show each step. */
  private static final Map<String, Long> TUTORIAL =
      Stream.of("경찰청 철창살은 외철창살이고 검찰청 철창살은 쌍철창살이다".split(" "))
          .collect(Collectors.toMap(word -> "▁" + word, word -> 1L, Long::sum));

  private static Merges merges(Map<String, Long> counts) {
    return new Merges(WordTable.of(counts, Symbols.CODE_POINTS, 1), 16, 1, Set.of());
  }

  @Test
  void mergesAsTheTutorialShowsStepByStep() {
    Merges merges = merges(TUTORIAL);
    assertThat(merges.livePieces())
        .containsExactlyInAnyOrder("경 ##찰 ##청 철 ##창 ##살 ##은 외 ##철 ##이 ##고 검 쌍 ##다".split(" "));
    assertThat(merges.pairCounts())
        .isEqualTo(
            counts(
                "경 ##찰:1, ##찰 ##청:2, 철 ##창:2, ##창 ##살:4, ##살 ##은:2, 외 ##철:1, ##철 ##창:2,"
                    + " ##살 ##이:2, ##이 ##고:1, 검 ##찰:1, 쌍 ##철:1, ##이 ##다:1"));

    assertThat(merges.mergeBest()).contains("##창살");
    assertThat(merges.livePieces())
        .containsExactlyInAnyOrder("경 ##찰 ##청 철 ##창살 ##은 외 ##철 ##이 ##고 검 쌍 ##다".split(" "));
    assertThat(merges.pairCounts())
        .isEqualTo(
            counts(
                "경 ##찰:1, ##찰 ##청:2, 철 ##창살:2, ##창살 ##은:2, 외 ##철:1, ##철 ##창살:2,"
                    + " ##창살 ##이:2, ##이 ##고:1, 검 ##찰:1, 쌍 ##철:1, ##이 ##다:1"));

    assertThat(merges.mergeBest()).contains("##찰청");
    assertThat(merges.livePieces())
        .containsExactlyInAnyOrder("경 ##찰청 철 ##창살 ##은 외 ##철 ##이 ##고 검 쌍 ##다".split(" "));
    assertThat(merges.pairCounts())
        .isEqualTo(
            counts(
                "경 ##찰청:1, 철 ##창살:2, ##창살 ##은:2, 외 ##철:1, ##철 ##창살:2, ##창살 ##이:2,"
                    + " ##이 ##고:1, 검 ##찰청:1, 쌍 ##철:1, ##이 ##다:1"));

    assertThat(merges.mergeBest()).contains("철창살");
    assertThat(merges.livePieces())
        .containsExactlyInAnyOrder("경 ##찰청 철창살 ##은 외 ##철 ##창살 ##이 ##고 검 쌍 ##다".split(" "));
    assertThat(IntStream.range(0, 5).mapToObj(merges::cut))
        .containsExactlyInAnyOrder(
            List.of("경", "##찰청"),
            List.of("철창살", "##은"),
            List.of("외", "##철", "##창살", "##이", "##고"),
            List.of("검", "##찰청"),
            List.of("쌍", "##철", "##창살", "##이", "##다"));
  }

  private static Map<String, Long> counts(String list) {
    return Stream.of(list.split(", "))
        .map(entry -> entry.split(":"))
        .collect(Collectors.toMap(entry -> entry[0], entry -> Long.parseLong(entry[1])));
  }

  @Test
  void givesTheVocabularyOfTheTutorialWithAllCharactersKept() {
    // The special tokens, the placeholder in two forms, 14 characters, three joined pieces.
    List<Piece> pieces = TokenizerMethod.WORDPIECE.trainer(Samples.config(25, 1)).train(TUTORIAL);
    assertThat(pieces).extracting(Piece::text).startsWith("[PAD]").contains("[PHONE]", "##[PHONE]");
    assertThat(pieces.subList(8, 22))
        .allMatch(piece -> piece.text().replace("##", "").length() == 1);
    assertThat(pieces.subList(22, 25))
        .extracting(Piece::text)
        .containsExactlyInAnyOrder("##창살", "##찰청", "철창살");
  }

  @Test
  void mergesTheBestPairByCountingAllAnew() {
    for (int n = 0; n < 200; n++) {
      SplittableRandom random = Seeds.of(RandomTexts.SEED, "bpe", n);
      Map<String, Long> counts = new HashMap<>();
      for (int i = 0; i < 12; i++) {
        String word =
            random
                .ints(1 + random.nextInt(7), 0, 3)
                .mapToObj("가나#"::charAt)
                .map(String::valueOf)
                .reduce(random.nextBoolean() ? "▁" : "", String::concat);
        counts.merge(word, 1L + random.nextInt(3), Long::sum);
      }
      Merges merges = merges(counts);
      int size = (int) counts.keySet().stream().filter(word -> !word.isEmpty()).count();
      for (int step = 0; step < 12; step++) {
        Optional<String> expected = best(merges, counts, size);
        assertThat(merges.mergeBest()).as(RandomTexts.describe(n)).isEqualTo(expected);
      }
      for (int word = 0; word < size; word++) {
        String joined = String.join("", merges.cut(word)).replace("##", "");
        assertThat(joined.replace("#", "")).as(RandomTexts.describe(n)).doesNotContain("▁");
      }
    }
  }

  /** The pair to join next by the rule of the class, counted from the words as they are cut. */
  private static Optional<String> best(Merges merges, Map<String, Long> counts, int numWords) {
    List<String> words = new ArrayList<>(new TreeMap<>(counts).keySet());
    Map<String, Long> pairs = new HashMap<>();
    for (int word = 0; word < numWords; word++) {
      List<String> cut = merges.cut(word);
      for (int i = 0; i + 1 < cut.size(); i++) {
        pairs.merge(cut.get(i) + " " + cut.get(i + 1), counts.get(words.get(word)), Long::sum);
      }
    }
    assertThat(merges.pairCounts()).isEqualTo(pairs);
    record Candidate(String joined, long count) {
      int length() {
        return joined.startsWith("##") ? joined.length() - 2 : joined.length();
      }
    }
    List<Candidate> candidates = new ArrayList<>();
    pairs.forEach(
        (pair, count) -> {
          String[] both = pair.split(" ");
          String joined = both[0] + both[1].substring(2);
          if (both[0].startsWith("##") == joined.startsWith("##")) {
            candidates.add(new Candidate(joined, count));
          }
        });
    return candidates.stream()
        .min(
            java.util.Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparingInt(Candidate::length)
                .thenComparing(candidate -> candidate.joined().startsWith("##"))
                .thenComparing(Candidate::joined))
        .map(Candidate::joined);
  }

  @Test
  void makesNoPieceThatSpellsASpecialTokenOrAPlaceholder() {
    Map<String, Long> counts = Map.of("▁[CLS]", 50L, "▁x[PHONE]", 50L);
    List<Piece> pieces = TokenizerMethod.WORDPIECE.trainer(Samples.config(60, 1)).train(counts);
    assertThat(pieces).extracting(Piece::text).doesNotHaveDuplicates().contains("x[PHONE]");
  }
}
