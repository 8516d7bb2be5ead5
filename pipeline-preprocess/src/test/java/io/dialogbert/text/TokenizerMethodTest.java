package io.dialogbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.train.TrainerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests every method on the same made-up chat. */
class TokenizerMethodTest {
  private static final List<String> CHAT =
      List.of(
          "안녕 나는 학교에 갔어 ㅎㅎ",
          "나는 집에 갔어 ㅋㅋ",
          "안녕 나는 집에 있어!",
          "학교에 있어? 전화 [PHONE]로 해",
          "전화 [PHONE] 해 줘 ㅋㅋ",
          "ok 나는 ok ㅎㅎ",
          "집에 안녕 ㅋㅋ");

  private static Tokenizer tokenizer(TokenizerMethod method) {
    int largest =
        switch (method) {
          case SUBWORD, MORPHEME_SUBWORD -> 41;
          case MORPHEME_TAG -> 54;
          case SPACE, CHARACTER, MORPHEME, WORDPIECE, BERT -> 70;
        };
    return Samples.tokenizer(method, CHAT, largest);
  }

  private static List<String> pieces(TokenizerMethod method, String text) {
    return tokenizer(method).tokenize(text, "ko").stream().map(Token::piece).toList();
  }

  @Test
  void spaceTakesWholeWords() {
    assertThat(pieces(TokenizerMethod.SPACE, "나는 집에 갔어 [PHONE]로 우리"))
        .containsExactly("▁나는", "▁집에", "▁갔어", "▁", "[PHONE]", "로", "우리");
  }

  @Test
  void characterTakesEachCharacterAndTheMark() {
    assertThat(pieces(TokenizerMethod.CHARACTER, "나는 뷁")).containsExactly("▁", "나", "는", "▁", "뷁");
  }

  @Test
  void morphemeTakesWholeMorphemes() {
    assertThat(pieces(TokenizerMethod.MORPHEME, "나는 집에 갔어"))
        .containsExactly("▁나", "는", "▁집", "에", "▁갔", "어");
  }

  @Test
  void morphemeWithTagMarksThePartOfSpeech() {
    assertThat(pieces(TokenizerMethod.MORPHEME_TAG, "나는 집에"))
        .containsExactly("▁나/NP", "는/J", "▁집/NNG", "에/J");
  }

  @Test
  void wordPieceTakesTheLongestPieceAndMarksWhatContinues() {
    Tokenizer tokenizer = tokenizer(TokenizerMethod.WORDPIECE);
    assertThat(pieces(TokenizerMethod.WORDPIECE, "나는 학교에서 [PHONE]로 전화[PHONE]"))
        .containsExactly("나는", "학교에서", "[PHONE]", "##로", "전화", "##[PHONE]");
    // There is no piece for 서 inside a word, so the whole word is unknown.
    assertThat(tokenizer.encode("학교에서", "ko")).containsExactly(SpecialTokens.UNK);
    int[] ids = tokenizer.encode("나는 [PHONE]로", "ko");
    assertThat(Arrays.stream(ids).mapToObj(tokenizer.vocabulary()::isWordStart))
        .containsExactly(true, true, false);
  }

  @Test
  void wordPieceTellsWrittenNumberSignsFromItsMark() {
    List<String> chat = List.of("#a ##a a##a ###", "#a ##a a##a ###");
    Tokenizer tokenizer = Samples.tokenizer(TokenizerMethod.WORDPIECE, chat, 70);
    for (String text : List.of("#a ##a a##a", "a # a#", "##")) {
      int[] ids = tokenizer.encode(text, "ko");
      assertThat(ids).doesNotContain(SpecialTokens.UNK);
      assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void decodesWhatIsKnownAndTellsPlaces(TokenizerMethod method) {
    Tokenizer tokenizer = tokenizer(method);
    int known = 0;
    for (String text : CHAT) {
      int[] ids = tokenizer.encode(text, "ko");
      if (Arrays.stream(ids).noneMatch(id -> id == SpecialTokens.UNK)) {
        if (method == TokenizerMethod.BERT) {
          // Punctuation is a word of its own, as if spaces were around it.
          assertThat(tokenizer.decode(ids)).isEqualToIgnoringWhitespace(text);
        } else {
          assertThat(tokenizer.decode(ids)).isEqualTo(text);
        }
        known++;
      }
      checkPlaces(tokenizer, text, "chat");
    }
    assertThat(known).isEqualTo(CHAT.size());
    Normalizer normalizer = new Normalizer(2, false);
    for (int n = 0; n < 2_000; n++) {
      checkPlaces(tokenizer, normalizer.normalize(RandomTexts.text(n)), RandomTexts.describe(n));
      tokenizer.encode(RandomTexts.text(n), "ja");
    }
  }

  /**
   * In a normalized text, a token's offsets cover its piece without marks, and nothing is skipped.
   */
  private static void checkPlaces(Tokenizer tokenizer, String text, String note) {
    int last = 0;
    for (Token token : tokenizer.tokenize(text, "ko")) {
      assertThat(text.substring(last, Math.max(last, token.start()))).as(note).isBlank();
      String bare = token.piece().replaceFirst("^(▁|##(?=.))", "").replaceFirst("/[A-Z+]+$", "");
      String place = text.substring(token.start(), token.end());
      if (token.id() == SpecialTokens.UNK) {
        assertThat(token.piece()).as(note).isEqualTo(place);
      } else if (!token.piece().equals(place)) {
        assertThat(bare).as(note).isEqualTo(place);
      }
      last = token.end();
    }
    assertThat(text.substring(last)).as(note).isBlank();
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void givesNoSpecialTokenThatTextSpells(TokenizerMethod method) {
    List<String> chat = new ArrayList<>(CHAT);
    chat.addAll(Collections.nCopies(20, "[PHONE][CLS] [MASK] [PHONE][SEP]"));
    int size = method.isUnigram() ? 54 : 90;
    Tokenizer tokenizer = Samples.tokenizer(method, chat, size);
    assertThat(Arrays.stream(tokenizer.encode(chat.get(chat.size() - 1), "ko")))
        .allMatch(id -> id == SpecialTokens.UNK || !tokenizer.vocabulary().isSpecial(id));
  }

  @Test
  void tellsTagsFromSlashesBeforeOtherLetters() {
    List<String> chat = List.of("연비 9km/ℓ 12km/ℓ 8km/ℓ", "9km/ℓ 2/ℓ /ℓ", "연비 9km/ℓ");
    Tokenizer tokenizer = Samples.tokenizer(TokenizerMethod.MORPHEME_TAG, chat, 29);
    for (String text : chat) {
      int[] ids = tokenizer.encode(text, "ko");
      assertThat(ids).doesNotContain(SpecialTokens.UNK);
      assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void neitherBreaksOnBrokenTextNorOnLongText(TokenizerMethod method) {
    Tokenizer tokenizer = tokenizer(method);
    for (String text :
        List.of("\uD83D", "\uDE00\uD83D가", "\u0378\uDBFF\uDFFD", " \t\u200B", "\u0000", "")) {
      int[] ids = tokenizer.encode(text, "ko");
      assertThat(tokenizer.tokenize(text, "ko").stream().mapToInt(Token::id).toArray())
          .isEqualTo(ids);
    }
    String megabyte = "나는 학교에 갔어 ㅎㅎ ".repeat(25_000) + "가나".repeat(100_000);
    assertThat(tokenizer.encode(megabyte, "ko").length).isGreaterThan(100_000);
    String unbroken = "\uD83D\uDE00".repeat(100_000);
    assertThat(tokenizer.encode(unbroken, "ko")).isNotEmpty();
  }

  @Test
  void fallsBackToBytesAndDecodesThem() {
    TokenizerSettings settings =
        new TokenizerSettings(
            TokenizerMethod.MORPHEME_SUBWORD, new Normalizer(2, false), List.of("[PHONE]"));
    TrainerConfig config =
        new TrainerConfig(
            320, 16, 1, true, List.of("[PHONE]"), new TrainerConfig.Unigram(10_000, 0.75, 2));
    Tokenizer tokenizer =
        SerializedTokenizer.of(
                TokenizerMethod.MORPHEME_SUBWORD.trainer(config).train(Samples.wordCounts()),
                settings)
            .tokenizer();
    String text = "안녕 뷁😀 나는";
    int[] ids = tokenizer.encode(text, "ko");
    assertThat(ids).doesNotContain(SpecialTokens.UNK);
    assertThat(tokenizer.decode(ids)).isEqualTo(text);
    List<Token> tokens = tokenizer.tokenize(text, "ko");
    assertThat(tokens.subList(2, 5))
        .extracting(Token::piece)
        .containsExactly("<0xEB>", "<0xB7>", "<0x81>");
    assertThat(tokens.subList(2, 5)).allMatch(token -> token.start() == 3 && token.end() == 4);
    // Bytes that are not a character give a replacement mark, not an exception.
    assertThat(tokenizer.decode(IntStream.range(0, 2).map(i -> ids[2 + i]).toArray()))
        .isEqualTo("\uFFFD");
  }

  @Test
  void saysHowManyPiecesItMustHaveRoomFor() {
    assertThatThrownBy(
            () -> TokenizerMethod.SPACE.trainer(Samples.config(7, 1)).train(Samples.wordCounts()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "vocab-size must be more than the 7 special tokens, user symbols and bytes, but is 7");
  }
}
