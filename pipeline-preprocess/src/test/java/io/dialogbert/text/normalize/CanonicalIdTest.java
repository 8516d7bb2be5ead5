package io.dialogbert.text.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import java.text.Normalizer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalIdTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029);
  private static final String NAME = "김 하늘ミカABC";

  @ParameterizedTest
  @ValueSource(
      strings = {
        " 김 하늘ミカABC\t",
        "김\u00A0하늘ミカABC\u3000",
        "\uFEFF김 하늘ミカABC",
        "김 하\b늘ミカABC",
        "김 하\u200B늘\u200Dミ\u200Cカ\u2060ABC",
        "\u2068김 하늘ミカABC\u2069",
        "김 하늘\u202Eミカ\u202CABC\u200E",
        "김 하늘ミ\uFE0Fカ\u034FABC",
        "김 하늘ミカABC\u3164",
        "김\u00AD 하늘ミカABC\u0000\u007F\u009F",
        "김 하늘ﾐｶＡＢＣ",
        "김 하늘ミカABC\r\n",
      })
  void whatLooksAlikeIsOneId(String id) {
    assertThat(CanonicalId.of(id)).isEqualTo(NAME);
    assertThat(CanonicalId.of(Normalizer.normalize(id, Normalizer.Form.NFD))).isEqualTo(NAME);
  }

  @Test
  void composesKanaAndHalfWidthVoicing() {
    assertThat(CanonicalId.of("ﾊﾞﾝﾄﾞ")).isEqualTo("バンド");
    assertThat(CanonicalId.of("は\u3099")).isEqualTo("ば");
    assertThat(CanonicalId.of("\u1112\u200B\u1161\u11AB")).isEqualTo("한");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kim",
        "Kim",
        "kim2",
        "kim²",
        "kim②",
        "kim  2",
        "kim 2",
        "kim_2",
        "kim▁2",
        "kim~",
        "kim〜",
        "ㄱ",
        "ᄀ",
        "가",
        "ﬁ",
        "fi",
        "㈜",
        "(주)",
        "\uFFFD",
        "\uFFFD\uFFFD",
        "?",
        "a\nb",
        "ab",
        "ｋim3"
      })
  void whatLooksDifferentStaysSo(String id) {
    String expected = id.equals("ｋim3") ? "kim3" : id;
    assertThat(CanonicalId.of(id)).isEqualTo(expected);
  }

  @Test
  void blankNamesOfFillersStayApart() {
    assertThat(CanonicalId.of("\u3164")).isEqualTo("\u3164");
    assertThat(CanonicalId.of(" \u3164\u200B\u3164")).isEqualTo("\u3164\u3164");
    assertThat(CanonicalId.of("\u2800")).isEqualTo("\u2800");
    assertThat(CanonicalId.of("\uFEFF \u00A0\u200B\t")).isEmpty();
    assertThat(CanonicalId.of("")).isEmpty();
  }

  @Test
  void loneSurrogateIsWhatUtf8MakesOfIt() {
    assertThat(CanonicalId.of("민수\uD83D")).isEqualTo("민수\uFFFD");
    assertThat(CanonicalId.of("민수\uD83D\uDE00")).isEqualTo("민수\uD83D\uDE00");
  }

  @Test
  void canonicalizingTwiceChangesNothing() {
    for (int n = 0; n < 20_000; n++) {
      SplittableRandom random = Seeds.of(SEED, "canonical", n);
      StringBuilder id = new StringBuilder();
      for (int i = random.nextInt(6); i >= 0; i--) {
        int range = random.nextInt(3) == 0 ? 0x20000 : 0x3200;
        id.appendCodePoint(
            random.nextInt(4) == 0 ? ' ' + random.nextInt(90) : random.nextInt(range));
      }
      String once = CanonicalId.of(id.toString());
      assertThat(CanonicalId.of(once)).as("id %d, -Dtests.seed=%d", n, SEED).isEqualTo(once);
    }
  }
}
