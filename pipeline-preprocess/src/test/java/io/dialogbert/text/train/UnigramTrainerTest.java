package io.dialogbert.text.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.text.Samples;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpecialTokens;
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
      assertThat(train(vocabSize, Samples.wordCounts())).hasSize(vocabSize);
    }
  }

  @Test
  void putsSpecialTokensAndUserSymbolsFirst() {
    List<Piece> pieces = train(60, Samples.wordCounts());
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
    List<String> pieces = train(60, Samples.wordCounts()).stream().map(Piece::text).toList();
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
    List<Piece> pieces = new UnigramTrainer(Samples.config(60, 0.999), false).train(counts);
    assertThat(pieces)
        .extracting(Piece::text)
        .noneMatch(text -> text.contains("뷁"))
        .contains("▁진짜");
  }

  @Test
  void doesNotDependOnTheOrderOfTheTable() {
    Map<String, Long> reversed = new TreeMap<>(Comparator.reverseOrder());
    reversed.putAll(Samples.wordCounts());
    assertThat(train(60, reversed)).isEqualTo(train(60, Samples.wordCounts()));
  }

  @Test
  void refusesASizeThatTheCorpusCannotFillAndNamesOneThatItCan() {
    Map<String, Long> counts = new HashMap<>(Samples.wordCounts());
    for (String ending : List.of("까지도", "는데요", "에서나")) {
      Samples.wordCounts().forEach((word, count) -> counts.put(word + ending, count));
    }
    assertThatThrownBy(() -> train(5_000, counts))
        .isInstanceOf(BadInputException.class)
        .hasMessageMatching("vocab-size must be at most \\d+ for this corpus, but is 5000")
        .satisfies(
            e -> {
              int possible =
                  Integer.parseInt(e.getMessage().replaceAll(".*at most (\\d+) .*", "$1"));
              assertThat(train(possible, counts)).hasSize(possible);
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
              assertThat(train(possible, Samples.wordCounts())).hasSize(possible);
            });
  }

  @Test
  void refusesAnEmptyTable() {
    assertThatThrownBy(() -> train(60, Map.of()))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "the corpus is too small: its 0 words give a vocabulary of at most 8 pieces, and vocab-size must be at least 100");
  }

  @Test
  void givesAPieceToEveryByteWhereItIsToFallBackToBytes() {
    TrainerConfig config =
        new TrainerConfig(
            320, 16, 1, true, List.of("[PHONE]"), new TrainerConfig.Unigram(10_000, 0.75, 2));
    List<Piece> pieces = new UnigramTrainer(config, false).train(Samples.wordCounts());
    assertThat(pieces).hasSize(320);
    assertThat(pieces.subList(7, 7 + 256))
        .allMatch(piece -> piece.type() == PieceType.BYTE)
        .extracting(Piece::text)
        .startsWith("<0x00>", "<0x01>")
        .endsWith("<0xFF>");
  }

  @Test
  void keepsAPartOfSpeechInOnePiece() {
    Map<String, Long> counts =
        Map.of("▁공부/NNG", 40L, "하/XSV", 50L, "다/EF", 30L, "▁A/S/NNG", 9L, "▁", 3L);
    TrainerConfig config =
        new TrainerConfig(22, 16, 1, false, List.of(), new TrainerConfig.Unigram(1_000, 0.75, 2));
    List<String> pieces =
        new UnigramTrainer(config, true).train(counts).stream().map(Piece::text).toList();
    assertThat(pieces)
        .contains("/NNG", "/XSV", "/EF", "하/XSV", "▁공부/NNG", "/", "A", "S")
        .noneMatch(piece -> piece.matches(".*/(N|NN|X|XS|E)"));
  }

  private static List<Piece> train(int vocabSize, Map<String, Long> counts) {
    return new UnigramTrainer(Samples.config(vocabSize, 1), false).train(counts);
  }
}
