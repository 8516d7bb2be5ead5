package io.dialogbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenizerTest {
  private final Tokenizer tokenizer = Samples.tokenizer().tokenizer();
  private final Vocabulary vocabulary = tokenizer.vocabulary();

  @Test
  void cutsMorphemesIntoSubwords() {
    assertThat(pieces(tokenizer, "안녕하세요 나는 전화 ㅋㅋㅋㅋ", "ko"))
        .containsExactly("▁안녕", "하", "세요", "▁나", "는", "▁전화", "▁ㅋㅋ");
  }

  @Test
  void encodesToTheIdsOfThePieces() {
    String text = "안녕 나는 진짜야 ㅎㅎ 今日は";
    int[] byPiece =
        pieces(tokenizer, text, "ko").stream()
            .mapToInt(p -> vocabulary.id(p).orElseThrow())
            .toArray();
    assertThat(tokenizer.encode(text, "ko")).isEqualTo(byPiece).doesNotContain(SpecialTokens.UNK);
  }

  @Test
  void decodesToTheNormalizedText() {
    for (String text : List.of("안녕 나는 너야!! ㅋㅋ", "今日は 天気?", "나는 [PHONE]로 전화[PHONE]", "")) {
      assertThat(tokenizer.decode(tokenizer.encode("  " + text, "ko"))).isEqualTo(text);
    }
  }

  @Test
  void decodesRandomTextWhereNothingIsUnknown() {
    Normalizer normalizer = new Normalizer(2, false);
    int known = 0;
    for (int n = 0; n < 3_000; n++) {
      String text = RandomTexts.text(n);
      int[] ids = tokenizer.encode(text, "ja");
      if (IntStream.of(ids).noneMatch(id -> id == SpecialTokens.UNK)) {
        known++;
        assertThat(tokenizer.decode(ids))
            .as(RandomTexts.describe(n))
            .isEqualTo(normalizer.normalize(text));
      }
    }
    assertThat(known).isGreaterThan(100);
  }

  @Test
  void givesNoSpecialTokenButUnknownWhateverTheTextSpells() {
    String spelled = String.join("", SpecialTokens.ALL) + String.join(" ", SpecialTokens.ALL);
    for (String text : List.of(spelled, "[MASK]", "안녕[SEP] 나는", "▁[SEP]▁")) {
      assertThat(Arrays.stream(tokenizer.encode(text, "ko")))
          .isNotEmpty()
          .allMatch(id -> !vocabulary.isSpecial(id) || id == SpecialTokens.UNK);
    }
  }

  @Test
  void keepsPlaceholdersWholeWithTheMarkApart() {
    assertThat(pieces(tokenizer, "전화 [PHONE]로", "ko")).containsExactly("▁전화", "▁", "[PHONE]", "로");
    assertThat(pieces(tokenizer, "전화[PHONE]", "ko")).containsExactly("▁전화", "[PHONE]");
  }

  @Test
  void decodesUnknownAndMaskedButNotFramingTokens() {
    int[] ids = {
      SpecialTokens.CLS,
      vocabulary.id("▁안녕").orElseThrow(),
      SpecialTokens.SEPT,
      SpecialTokens.MASK,
      SpecialTokens.UNK,
      SpecialTokens.SEP,
      SpecialTokens.PAD
    };
    assertThat(tokenizer.decode(ids)).isEqualTo("안녕[MASK][UNK]");
  }

  @Test
  void tellsWhereWordsStart() {
    int[] ids = tokenizer.encode("나는 너", "ko");
    assertThat(Arrays.stream(ids).mapToObj(vocabulary::isWordStart))
        .containsExactly(true, false, true);
  }

  @Test
  void encodesNothingForTextWithoutVisibleCharacters() {
    assertThat(tokenizer.encode(" \u200B\n", "ko")).isEmpty();
  }

  @Test
  void subwordMethodCutsAcrossMorphemes() {
    TokenizerSettings settings =
        new TokenizerSettings(
            TokenizerMethod.SUBWORD, new Normalizer(2, false), List.of("[PHONE]"));
    Tokenizer subword = SerializedTokenizer.of(Samples.pieces(), settings).tokenizer();
    assertThat(pieces(subword, "진짜야 [PHONE]", "ko")).containsExactly("▁진짜", "야", "▁", "[PHONE]");
    assertThat(pieces(subword, "안녕하세요 ㅋㅋ", "en")).containsExactly("▁안녕하세요", "▁ㅋㅋ");
  }

  @Test
  void trainingSegmentsAreWhatIsEncodedWithoutPlaceholders() {
    assertThat(Samples.SETTINGS.trainingSegmenter().segments("나는 [PHONE]로ㅋㅋㅋㅋ", "ko"))
        .containsExactly("▁나", "는", "▁", "로", "ㅋㅋ");
  }

  @Test
  void refusesUserSymbolsThatTextCannotHold() {
    for (String symbol : List.of("", "[A B]", "[AAA]", "[SEP]")) {
      assertThatThrownBy(
              () ->
                  new TokenizerSettings(
                      TokenizerMethod.SUBWORD, new Normalizer(2, false), List.of(symbol)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("a user symbol must");
    }
  }

  @Test
  void tellsWhereTokensStandInTheTextAsItWas() {
    String text = " 전화\u200B [PHONE]로 ㅋㅋㅋㅋㅋ 뷁";
    assertThat(tokenizer.tokenize(text, "ko"))
        .extracting(Token::piece, Token::start, Token::end)
        .containsExactly(
            tuple("▁전화", 1, 3),
            tuple("▁", 5, 5),
            tuple("[PHONE]", 5, 12),
            tuple("로", 12, 13),
            tuple("▁ㅋㅋ", 14, 19),
            tuple("▁", 20, 20),
            tuple("뷁", 20, 21));
  }

  private static List<String> pieces(Tokenizer tokenizer, String text, String lang) {
    return tokenizer.tokenize(text, lang).stream().map(Token::piece).toList();
  }
}
