package io.dialogbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UnigramTrainerTest {
  @Test
  void givesExactlyTheWantedSize() {
    for (int vocabSize : List.of(52, 60, 70)) {
      assertThat(train(vocabSize, Samples.wordCounts()).pieces()).hasSize(vocabSize);
    }
  }

  @Test
  void putsSpecialTokensAndUserSymbolsFirst() {
    List<Piece> pieces = train(60, Samples.wordCounts()).pieces();
    assertThat(pieces.subList(0, 7))
        .extracting(Piece::text)
        .containsExactly("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[SEPT]", "[PHONE]");
    assertThat(pieces.get(SpecialTokens.UNK).type()).isEqualTo(PieceType.UNKNOWN);
    assertThat(pieces.get(SpecialTokens.SEP).type()).isEqualTo(PieceType.CONTROL);
    assertThat(pieces.get(6).type()).isEqualTo(PieceType.USER_DEFINED);
    assertThat(pieces.subList(7, 60))
        .isSortedAccordingTo(Comparator.comparing(Piece::score).reversed())
        .allMatch(piece -> piece.type() == PieceType.NORMAL && piece.score() < 0);
  }

  @Test
  void holdsAllCharactersAndTheMostFrequentWords() {
    List<String> pieces =
        train(60, Samples.wordCounts()).pieces().stream().map(Piece::text).toList();
    assertThat(pieces).contains("▁", "▁안녕", "▁진짜", "ㅋㅋ", "세요");
    Samples.wordCounts()
        .keySet()
        .forEach(
            word ->
                word.codePoints().forEach(c -> assertThat(pieces).contains(Character.toString(c))));
  }

  @Test
  void leavesOutTheRarestCharactersBeyondTheCoverage() {
    Map<String, Long> counts = new HashMap<>(Samples.wordCounts());
    counts.put("진짜뷁진짜", 1L);
    List<Piece> pieces = new UnigramTrainer(config(60, 0.999)).train(counts).pieces();
    assertThat(pieces)
        .extracting(Piece::text)
        .noneMatch(text -> text.contains("뷁"))
        .contains("▁진짜");
  }

  @Test
  void doesNotDependOnTheOrderOfTheTable() {
    Map<String, Long> reversed = new TreeMap<>(Comparator.reverseOrder());
    reversed.putAll(Samples.wordCounts());
    assertThat(train(60, reversed).toBytes()).isEqualTo(train(60, Samples.wordCounts()).toBytes());
  }

  @Test
  void refusesASizeThatTheCorpusCannotFillAndNamesOneThatItCan() {
    assertThatThrownBy(() -> train(5_000, Samples.wordCounts()))
        .isInstanceOf(BadInputException.class)
        .hasMessageMatching("vocab-size must be at most \\d+ for this corpus, but is 5000")
        .satisfies(
            e -> {
              int possible =
                  Integer.parseInt(e.getMessage().replaceAll(".*at most (\\d+) .*", "$1"));
              assertThat(train(possible, Samples.wordCounts()).pieces()).hasSize(possible);
            });
  }

  @Test
  void refusesASizeThatHasNoRoomForTheCharacters() {
    assertThatThrownBy(() -> train(20, Samples.wordCounts()))
        .isInstanceOf(BadInputException.class)
        .hasMessageMatching("vocab-size must be at least \\d+ for this corpus, but is 20")
        .satisfies(
            e -> {
              int possible =
                  Integer.parseInt(e.getMessage().replaceAll(".*at least (\\d+) .*", "$1"));
              assertThat(train(possible, Samples.wordCounts()).pieces()).hasSize(possible);
            });
  }

  @Test
  void refusesAnEmptyTable() {
    assertThatThrownBy(() -> train(60, Map.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessage("vocab-size must be at most 8 for this corpus, but is 60");
  }

  private static SentencePieceModel train(int vocabSize, Map<String, Long> counts) {
    return new UnigramTrainer(config(vocabSize, 1)).train(counts);
  }

  private static UnigramConfig config(int vocabSize, double coverage) {
    return new UnigramConfig(vocabSize, 16, coverage, 10_000, 0.75, 2, List.of("[PHONE]"));
  }
}
