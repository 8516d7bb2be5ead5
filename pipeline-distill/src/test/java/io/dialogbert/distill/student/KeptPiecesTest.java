package io.dialogbert.distill.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.text.train.TrainerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KeptPiecesTest {
  private static final long SEED = Long.getLong("tests.seed", 11);

  private static final List<String> WORDS =
      List.of(
          "안녕하세요", "안녕", "감사합니다", "사랑해요", "학교에", "가요", "나는", "너도", "진짜", "ㅋㅋ", "[PHONE]", "오늘",
          "날씨가", "좋네요", "하/하");

  private static SerializedTokenizer tokenizer(TokenizerMethod method) {
    TokenizerSettings settings =
        new TokenizerSettings(method, new Normalizer(2, false), List.of("[PHONE]"));
    Map<String, Long> counts = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      settings
          .trainingSegmenter()
          .segments(text(i), "ko")
          .forEach(word -> counts.merge(word, 1L, Long::sum));
    }
    TrainerConfig config =
        new TrainerConfig(
            80,
            SpareTokens.ALL.size(),
            16,
            1,
            false,
            List.of("[PHONE]"),
            new TrainerConfig.Unigram(10_000, 0.75, 2));
    List<Piece> pieces = SpareTokens.appendTo(method.trainer(config).train(counts));
    return SerializedTokenizer.of(pieces, settings);
  }

  /** Words from the front are more frequent. */
  private static String text(int n) {
    SplittableRandom random = new SplittableRandom(SEED + n);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      words.add(WORDS.get(random.nextInt(1 + random.nextInt(WORDS.size()))));
    }
    return String.join(random.nextBoolean() ? " " : "", words);
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void cutsTextsOfKeptPiecesAsBefore(TokenizerMethod method) {
    SerializedTokenizer whole = tokenizer(method);
    Tokenizer before = whole.tokenizer();
    long[] counts = new long[before.vocabulary().size()];
    for (int i = 0; i < 20; i++) {
      IntStream.of(before.encode(text(i), "ko")).forEach(id -> counts[id]++);
    }
    int[] ids = KeptPieces.of(before.vocabulary(), counts, 3);
    assertThat(ids.length).as("%s", method).isLessThan(before.vocabulary().size());
    Tokenizer after = whole.keeping(ids).tokenizer();
    assertThat(after.vocabulary().spareIds()).hasSameSizeAs(before.vocabulary().spareIds());
    int same = 0;
    for (int i = 0; i < 200; i++) {
      int[] had = before.encode(text(i), "ko");
      if (Arrays.stream(had).allMatch(id -> Arrays.binarySearch(ids, id) >= 0)) {
        int[] has = after.encode(text(i), "ko");
        assertThat(Arrays.stream(has).map(id -> ids[id]).toArray())
            .as("%s, text %d of seed %d", method, i, SEED)
            .isEqualTo(had);
        same++;
      }
    }
    assertThat(same).as("%s", method).isBetween(1, 199);
  }

  @Test
  void keepsTheCharactersOfWhatItRemoves() {
    SerializedTokenizer whole = tokenizer(TokenizerMethod.SUBWORD);
    Vocabulary vocabulary = whole.tokenizer().vocabulary();
    int longest =
        IntStream.range(SpecialTokens.ALL.size() + 1, vocabulary.sizeWithoutSpares())
            .boxed()
            .max((a, b) -> vocabulary.piece(a).length() - vocabulary.piece(b).length())
            .orElseThrow();
    long[] counts = new long[vocabulary.size()];
    counts[longest] = 1;
    counts[longest == 7 ? 8 : 7] = 2;
    Tokenizer after = whole.keeping(KeptPieces.of(vocabulary, counts, 2)).tokenizer();
    String text = whole.tokenizer().decode(new int[] {longest});
    assertThat(after.vocabulary().id(vocabulary.piece(longest))).isEmpty();
    assertThat(after.encode(text, "ko")).hasSizeGreaterThan(1).doesNotContain(SpecialTokens.UNK);
  }

  @Test
  void saysThatNothingIsUsedSoOften() {
    Vocabulary vocabulary = tokenizer(TokenizerMethod.SUBWORD).tokenizer().vocabulary();
    long[] counts = new long[vocabulary.size()];
    counts[SpecialTokens.UNK] = 100;
    counts[7] = 4;
    assertThatThrownBy(() -> KeptPieces.of(vocabulary, counts, 5))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "no piece of the vocabulary is used min-count = 5 times; give more text, or a smaller"
                + " min-count");
  }
}
