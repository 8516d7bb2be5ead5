package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.text.normalize.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownNamesTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final List<String> DISPLAY_NAMES =
      List.of(
          "김민수",
          "이하나",
          "김도율",
          "박지은(개발팀)",
          "田中 太郎",
          "佐藤花子",
          "ゆめのたびびと",
          "Minsu Kim",
          "별",
          "하늘",
          "행복한 감자",
          "길동이❤️",
          "[회사] 박미래",
          "[단단]",
          "SkyWalker99",
          "NAME",
          " ");
  private static final KnownNames NAMES = new KnownNames(DISPLAY_NAMES);

  @ParameterizedTest
  @CsvSource({
    "민수야 밥 먹자, [NAME]야 밥 먹자",
    "민수 씨 계세요, [NAME] 씨 계세요",
    "민수가 그랬어, [NAME]가 그랬어",
    "민수 왔어?, [NAME] 왔어?",
    "김민수입니다, [NAME]입니다",
    "이하나 왔다, [NAME] 왔다",
    "하나 씨 안녕, [NAME] 씨 안녕",
    "도율이가 그랬어, [NAME]이가 그랬어",
    "지은이랑 갔어, [NAME]이랑 갔어",
    "하늘님 안녕, [NAME]님 안녕",
    "행복한 감자 왔네, [NAME] 왔네",
    "길동이❤️ 최고, [NAME] 최고",
    "어제 [회사] 박미래가 왔어, 어제 [NAME]가 왔어",
    "박미래 왔네, [NAME] 왔네",
    "[단단] 안녕, [NAME] 안녕",
    "田中さん, [NAME]さん",
    "太郎くんは？, [NAME]くんは？",
    "田中太郎です, [NAME]です",
    "佐藤先生, [NAME]先生",
    "花子ちゃん, [NAME]ちゃん",
    "ゆめのたびびとさん来た？, [NAME]さん来た？",
    "今日ゆめのたびびとが来る, 今日[NAME]が来る",
    "minsu kim is here, [NAME] is here",
    "SkyWalker99님, [NAME]님",
  })
  void replacesNames(String text, String expected) {
    MaskedText masked = NAMES.mask(text);

    assertThat(masked.text()).isEqualTo(expected);
    assertThat(masked.counts()).isEqualTo(Map.of(PiiKind.NAME, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "하나 더 줘",
    "하늘이 맑다",
    "별이 예쁘다",
    "김민수수",
    "박민수대",
    "田中の家",
    "花子",
    "Minsuk Kimchi",
    "[NAME] [EMAIL]",
    "ㅋㅋㅋ",
  })
  void leavesOtherWords(String text) {
    assertThat(NAMES.mask(text).text()).isEqualTo(text);
    assertThat(NAMES.mask(text).counts()).isEmpty();
  }

  /**
   * Names and texts have one form, that of normalized texts, whichever of them is spelled oddly.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "달빛람김",
        " 달빛람김\u3000",
        "달\u200B빛람김",
        "달\u200D빛람김",
        "달빛람김\uFE0F",
        "\uFEFF달빛\u2060람김",
        "달빛람김\u3164",
        "\u2068달빛람김\u2069",
        "NFD"
      })
  void findsNamesInAnySpelling(String given) {
    Normalizer normalizer = new Normalizer(3, false);
    String name = "달빛람김";
    String spelling =
        given.equals("NFD")
            ? java.text.Normalizer.normalize(name, java.text.Normalizer.Form.NFD)
            : given;
    String expected = "어제 [NAME]하고 봤어";

    KnownNames oddName = new KnownNames(List.of(normalizer.normalize(spelling)));
    assertThat(oddName.mask(normalizer.normalize("어제 달빛람김하고 봤어")).text()).isEqualTo(expected);
    KnownNames plainName = new KnownNames(List.of(normalizer.normalize(name)));
    assertThat(plainName.mask(normalizer.normalize("어제 " + spelling.strip() + "하고 봤어")).text())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "ＳｋｙＷａｌｋｅｒ９９, SkyWalker99님, [NAME]님",
    "SkyWalker99, ｓｋｙｗａｌｋｅｒ９９님, [NAME]님",
    "ﾕﾒﾉﾀﾋﾞﾋﾞﾄ, ユメノタビビトさん, [NAME]さん",
    "ㅋㅋㅋㅋㅋㅋ민수공주, ㅋㅋㅋㅋㅋㅋ민수공주님, [NAME]님",
  })
  void findsNamesOfOtherWidths(String name, String text, String expected) {
    Normalizer normalizer = new Normalizer(3, false);

    assertThat(
            new KnownNames(List.of(normalizer.normalize(name)))
                .mask(normalizer.normalize(text))
                .text())
        .isEqualTo(expected);
  }

  @Test
  void knowsNobodyWithoutNames() {
    assertThat(new KnownNames(List.of()).mask("민수야").text()).isEqualTo("민수야");
  }

  @Test
  void changesNothingTheSecondTime() {
    List<String> pieces = new ArrayList<>(List.of("야", "씨", "さん", " ", "이", "[", "]", "ㅋ"));
    DISPLAY_NAMES.forEach(name -> pieces.add(name));
    Arrays.stream(PiiKind.values()).forEach(kind -> pieces.add(kind.placeholder()));
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(1, 8); n > 0; n--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      String once = NAMES.mask(text.toString()).text();
      assertThat(NAMES.mask(once).text()).as("text %s, tests.seed %s", text, SEED).isEqualTo(once);
    }
  }

  /** A title after a name may be the beginning of the same name: 이사라 and 이사. */
  @Test
  void findsWhatIsUncoveredOneAfterTheOther() {
    KnownNames names = new KnownNames(List.of("이사라"));

    MaskedText masked = names.mask("이사라".repeat(50_000));

    assertThat(masked.text()).isEqualTo("[NAME]".repeat(50_000));
    assertThat(masked.counts()).isEqualTo(Map.of(PiiKind.NAME, 50_000));
  }

  @Test
  void findsWhatLookingAtTheWholeAgainFinds() {
    List<String> pieces = new ArrayList<>(List.of("야", "씨", "さん", " ", "이", "[", "이사라"));
    pieces.addAll(DISPLAY_NAMES);
    pieces.add(PiiKind.NAME.placeholder());
    KnownNames names = new KnownNames(List.of("이사라", "김민수", "NAME", "ゆめのたびびと", "[단단]"));
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(1, 60); n > 0; n--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      String plain = text.toString();
      int count = 0;
      for (List<PiiRule.Match> found = find(names, plain);
          !found.isEmpty();
          found = find(names, plain)) {
        Replacements replacements = new Replacements(plain);
        found.forEach(replacements::replace);
        plain = replacements.masked().text();
        count += found.size();
      }
      MaskedText masked = names.mask(text.toString());
      assertThat(masked.text()).as("text %s, tests.seed %s", text, SEED).isEqualTo(plain);
      assertThat(masked.counts().getOrDefault(PiiKind.NAME, 0)).isEqualTo(count);
    }
  }

  private static List<PiiRule.Match> find(KnownNames names, String text) {
    return names.find(text, new PiiRule.Range(0, text.length()));
  }

  @Test
  void knowsOnlyTheWordsOfANameThatIsTooLong() {
    KnownNames names = new KnownNames(List.of("김민수 " + "ㅋ".repeat(300_000)));

    assertThat(names.mask("민수야 " + "ㅋ".repeat(300_000)).text()).startsWith("[NAME]야 ㅋ");
  }

  @Test
  void survivesALongText() {
    String text = "민수".repeat(500_000);

    assertThat(NAMES.mask(text).text()).isEqualTo(text);
  }
}
