package io.dialogbert.text.normalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.Seeds;
import io.dialogbert.text.RandomTexts;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalizerTest {
  private final Normalizer normalizer = new Normalizer(2, false);

  @ParameterizedTest
  @CsvSource({
    "ㅋㅋㅋㅋㅋ, ㅋㅋ",
    "뭐야ㅠㅠㅠㅠ, 뭐야ㅠㅠ",
    "진짜!!!!, 진짜!!",
    "네~~~~, 네~~",
    "ㅋㅎㅋㅎㅋㅎㅋㅎ, ㅋㅎㅋㅎ",
    "아니아니아니아니, 아니아니",
    "😀😀😀😀, 😀😀",
  })
  void cutsRunsOfCharactersAndPairs(String text, String expected) {
    assertThat(normalizer.normalize(text)).isEqualTo(expected);
  }

  @Test
  void keepsAsManyRepetitionsAsConfigured() {
    assertThat(new Normalizer(3, false).normalize("ㅋㅋㅋㅋㅋ")).isEqualTo("ㅋㅋㅋ");
    assertThat(new Normalizer(1, false).normalize("ㅋㅋㅋㅋㅋ")).isEqualTo("ㅋ");
  }

  @Test
  void doesNotCutRunsOfDigits() {
    assertThat(normalizer.normalize("100000원 121212")).isEqualTo("100000원 121212");
  }

  @Test
  void foldsWidthsButKeepsCompatibilityJamo() {
    assertThat(normalizer.normalize("ＡＢｃ！？～ ￦")).isEqualTo("ABc!?~ ₩");
    assertThat(normalizer.normalize("ｶﾞﾝﾊﾞﾚｰ｡")).isEqualTo("ガンバレー。");
    assertThat(normalizer.normalize("ﾡﾾￂￇￊￏￒￗￚￜㅋㅠ")).isEqualTo("ㄱㅎㅏㅔㅕㅚㅛㅠㅡㅣㅋㅠ");
    assertThat(normalizer.normalize("行く〜")).isEqualTo("行く~");
  }

  @Test
  void composesDecomposedHangulAndMarks() {
    assertThat(normalizer.normalize("\u1112\u1161\u11AB")).isEqualTo("한");
    assertThat(normalizer.normalize("cafe\u0301")).isEqualTo("café");
  }

  /** Ordering more of them takes time that is quadratic in their number. */
  @Test
  void keepsTheFirstMarksOfACharacter() {
    String marks = "\u0301\u0323";
    Normalizer normalizer = new Normalizer(1 << 20, false);

    String normalized = normalizer.normalize("b" + marks.repeat(250_000) + "c");

    assertThat(normalized)
        .isEqualTo(java.text.Normalizer.normalize("b" + marks.repeat(15) + "c", Form.NFC));
    assertThat(normalizer.normalize(normalized)).isEqualTo(normalized);
    String doubled = normalizer.normalize("b" + "\u0344".repeat(30));
    assertThat(normalizer.normalize(doubled)).isEqualTo(doubled);
  }

  @Test
  void turnsAnyWhiteSpaceIntoOneSpace() {
    assertThat(normalizer.normalize(" \u3000가\t\r\n\u00A0나\u0085다\u2028")).isEqualTo("가 나 다");
  }

  @Test
  void removesWhatCannotBeSeen() {
    assertThat(normalizer.normalize("\uFEFF가\u200B나\u0000\u00AD다\u3164\uFFA0라\uFFFD\uFFFF"))
        .isEqualTo("가나다라");
    assertThat(normalizer.normalize("\uD83D가\uDE00")).isEqualTo("가");
    assertThat(normalizer.normalize("\u200B \u3164")).isEmpty();
  }

  @Test
  void keepsJoinersInsideEmojiOnly() {
    String family = "👨\u200D👩\u200D👧";
    assertThat(normalizer.normalize("가\u200D나" + family + "\u200D다"))
        .isEqualTo("가나" + family + "다");
    assertThat(normalizer.normalize("❤\uFE0F\u200D🔥")).isEqualTo("❤\u200D🔥");
  }

  @Test
  void keepsEmojiNewerThanTheJvm() {
    String meltingFace = "\uD83E\uDEE0";
    assertThat(normalizer.normalize(meltingFace)).isEqualTo(meltingFace);
  }

  @Test
  void freesTheMarkThatSentencePieceUsesForSpaces() {
    assertThat(normalizer.normalize("가\u2581나")).isEqualTo("가_나");
  }

  @Test
  void normalizingTwiceChangesNothing() {
    for (int maxRepeats = 1; maxRepeats <= 3; maxRepeats++) {
      Normalizer any = new Normalizer(maxRepeats, maxRepeats == 3);
      for (int n = 0; n < 20_000; n++) {
        String once = any.normalize(RandomTexts.text(n));
        assertThat(any.normalize(once)).as(RandomTexts.describe(n)).isEqualTo(once);
      }
    }
  }

  @Test
  void givesWellFormedTrimmedTextWithoutControls() {
    for (int n = 0; n < 20_000; n++) {
      String text = normalizer.normalize(RandomTexts.text(n));
      assertThat(text).as(RandomTexts.describe(n)).isEqualTo(text.strip()).doesNotContain("  ");
      assertThat(text.codePoints())
          .as(RandomTexts.describe(n))
          .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }
  }

  @Test
  void lowersCaseButLeavesHangulWhole() {
    Normalizer uncased = new Normalizer(2, true);
    assertThat(uncased.normalize("안녕 DEVIEW ＯＫ ÀÉ İ ㅋ")).isEqualTo("안녕 deview ok àé i ㅋ");
    assertThat(uncased.normalize("[PHONE]로 [ID_2] [Phone] [OK"))
        .isEqualTo("[PHONE]로 [ID_2] [phone] [ok");
    assertThat(normalizer.normalize("DEVIEW")).isEqualTo("DEVIEW");
  }

  @Test
  void composesLikeNfcOfTheWhole() {
    for (int n = 0; n < 20_000; n++) {
      String text = normalizer.normalize(RandomTexts.text(n));
      assertThat(java.text.Normalizer.isNormalized(text, Form.NFC))
          .as(RandomTexts.describe(n))
          .isTrue();
    }
  }

  @Test
  void tellsWhereEachCharacterCameFrom() {
    // A removed character, a composed syllable, a run, spaces, and a folded letter.
    String text = " \u200B\u1112\u1161\u11ABㅋㅋㅋㅋ \t Ａ😀";
    AlignedText aligned = normalizer.align(text);
    assertThat(aligned.text()).isEqualTo("한ㅋㅋ A😀");
    assertThat(aligned.starts()).containsExactly(2, 5, 6, 9, 12, 13, 13);
    assertThat(aligned.ends()).containsExactly(5, 6, 9, 10, 13, 15, 15);
  }

  @Test
  void alignsEachCharacterInOrderWithWhatItStandsFor() {
    for (int n = 0; n < 20_000; n++) {
      String text = RandomTexts.text(n);
      AlignedText aligned = normalizer.align(text);
      assertThat(aligned.text()).as(RandomTexts.describe(n)).isEqualTo(normalizer.normalize(text));
      int last = 0;
      for (int i = 0; i < aligned.text().length(); i++) {
        assertThat(aligned.starts()[i]).as(RandomTexts.describe(n)).isGreaterThanOrEqualTo(last);
        assertThat(aligned.ends()[i])
            .as(RandomTexts.describe(n))
            .isGreaterThan(aligned.starts()[i])
            .isLessThanOrEqualTo(text.length());
        last = aligned.starts()[i];
      }
    }
  }

  @Test
  void refusesToCutRunsToNothing() {
    assertThatThrownBy(() -> new Normalizer(0, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxRepeats must be at least 1, but was 0");
  }

  @Test
  void textsThatAreNormalAreFoundToBeSoAndNoOthers() {
    SplittableRandom random = Seeds.of(RandomTexts.SEED, "plain", 0);
    String alphabet = "가각ㅋㅠかカ漢、aZ0! ";
    for (int n = 0; n < 20_000; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(10); i > 0; i--) {
        String letter = String.valueOf(alphabet.charAt(random.nextInt(alphabet.length())));
        text.append(letter.repeat(random.nextInt(8) == 0 ? 3 : 1));
      }
      for (Normalizer some :
          List.of(normalizer, new Normalizer(1, true), new Normalizer(9, false))) {
        assertThat(some.normalize(text.toString()))
            .as("%s of -Dtests.seed=%d", text, RandomTexts.SEED)
            .isEqualTo(some.align(text.toString()).text());
      }
    }
  }
}
