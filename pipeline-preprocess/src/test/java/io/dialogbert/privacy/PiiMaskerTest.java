package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PiiMaskerTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final PiiMasker MASKER = new PiiMasker(PiiRules.load());

  @Test
  void countsByKind() {
    MaskedText masked = MASKER.mask("010-0000-1234 아니면 010-0000-5678, 메일은 a@example.com");

    assertThat(masked.text()).isEqualTo("[PHONE] 아니면 [PHONE], 메일은 [EMAIL]");
    assertThat(masked.counts()).isEqualTo(Map.of(PiiKind.PHONE, 2, PiiKind.EMAIL, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "안녕 ㅋㅋㅋ",
        "12시 30분에 봐",
        "1+1=2",
        "@ 길동",
        "[PHONE]",
        "\uD800 깨진 문자 \uDC00"
      })
  void leavesOrdinaryTextAsItIs(String text) {
    MaskedText masked = MASKER.mask(text);

    assertThat(masked.text()).isEqualTo(text);
    assertThat(masked.counts()).isEmpty();
  }

  @Test
  void takesTheKindOfTheHighestPriorityAndMasksAllThatOverlaps() {
    PiiMasker masker =
        new PiiMasker(
            List.of(
                rule(PiiKind.ACCOUNT, 1, "[0-9-]+"), rule(PiiKind.PHONE, 2, "2-[0-9]{1,9} ok")));

    assertThat(masker.mask("x 1-2-3 ok y").text()).isEqualTo("x [PHONE] y");
  }

  @Test
  void takesTheKindOfTheLongestAtEqualPriority() {
    PiiMasker masker =
        new PiiMasker(List.of(rule(PiiKind.IP, 1, "1234"), rule(PiiKind.CARD, 1, "23456")));

    assertThat(masker.mask("123456").text()).isEqualTo("[CARD]");
  }

  @Test
  void keepsNeighborsApart() {
    PiiMasker masker =
        new PiiMasker(List.of(rule(PiiKind.IP, 1, "12"), rule(PiiKind.CARD, 1, "34")));

    assertThat(masker.mask("1234").text()).isEqualTo("[IP][CARD]");
  }

  @Test
  void masksAnAddressWithAllThatItHolds() {
    MaskedText masked = MASKER.mask("http://example.com/?mail=a@example.com&tel=01000001234 봐");

    assertThat(masked.text()).isEqualTo("[URL] 봐");
  }

  @Test
  void changesNothingTheSecondTime() {
    List<String> pieces = pieces();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 10_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(1, 8); n > 0; n--) {
        String piece = pieces.get(random.nextInt(pieces.size()));
        int cut = random.nextInt(4) == 0 ? random.nextInt(piece.length() + 1) : piece.length();
        text.append(piece, 0, cut);
      }
      String once = MASKER.mask(text.toString()).text();
      assertThat(MASKER.mask(once).text()).as("text %s, tests.seed %s", text, SEED).isEqualTo(once);
    }
  }

  @Test
  void readsEachCharacterABoundedNumberOfTimes() {
    int length = 2_000;
    List<PiiRule> rules = PiiRules.load();
    for (String piece : hostilePieces()) {
      String text = piece.repeat(1 + length / piece.length());
      for (PiiRule rule : rules) {
        CountingText counting = new CountingText(text);
        rule.find(counting, new PiiRule.Range(0, text.length()), match -> {});
        assertThat(counting.reads() / rule.patterns().size())
            .as("rule %s on repeated '%s'", rule.name(), piece)
            .isLessThan(1_500L * length);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "1-",
        "a.",
        "a@",
        "https://a",
        "010-0000-1234 ",
        "계좌 1",
        "[",
        "ー1",
        "김민수 씨",
        "서울 강남구 ",
        "田中さん",
        "東京都渋谷区1",
        "ゼロ"
      })
  void survivesALongText(String piece) {
    String text = piece.repeat(300_000 / piece.length());

    String once = MASKER.mask(text).text();

    assertThat(MASKER.mask(once).text()).isEqualTo(once);
  }

  @Test
  void findsWhatIsUncoveredOneAfterTheOther() {
    MaskedText masked = MASKER.mask("insta@aaa".repeat(300));

    assertThat(masked.text()).isEqualTo("insta" + "[MESSENGER_ID]".repeat(300));
  }

  @Test
  void masksALongAddressWholeWhereItIsUncovered() {
    String url = "https://example.com/" + "a1".repeat(5_000);

    assertThat(MASKER.mask("010-0000-1234" + url + " 봐").text()).isEqualTo("[PHONE][URL] 봐");
  }

  @Test
  void cutsWhatRunsOnBeforeAnAddressAndLeavesNoneOfTheAddress() {
    MaskedText masked = MASKER.mask("_".repeat(500) + "hong@example.com");

    assertThat(masked.text()).endsWith("_[EMAIL]");
    assertThat(MASKER.mask("-".repeat(500) + "example.com/u/hong").text()).endsWith("-[URL]");
  }

  @Test
  void tellsTheNamesThatATextStates() {
    assertThat(MASKER.statedNames("저는 김민수입니다. 민지랑 갈게요")).containsExactly("김민수");
    assertThat(MASKER.statedNames("@영희 名前は佐藤花子です")).containsExactly("佐藤花子", "영희");
    assertThat(MASKER.statedNames("민수랑 영희가 010-0000-1234")).isEmpty();
  }

  @Test
  void refusesATextThatIsTooLong() {
    String text = "a".repeat(PiiMasker.MAX_LENGTH + 1);

    assertThatThrownBy(() -> MASKER.mask(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("text must have at most 1048576 characters, but has 1048577");
  }

  @Test
  void keepsTheTextOutOfItsStringForm() {
    assertThat(MASKER.mask("secret 010-0000-1234"))
        .hasToString("MaskedText[length=14, counts={PHONE=1}]");
  }

  private static PiiRule rule(PiiKind kind, int priority, String pattern) {
    return new PiiRule(
        kind,
        "test",
        priority,
        0,
        List.of(),
        -1,
        false,
        List.of(),
        List.of(new BoundedPattern(pattern)),
        Validator.NONE,
        List.of(),
        List.of());
  }

  /** Building blocks of real and almost real data. */
  static List<String> pieces() {
    List<String> pieces =
        new ArrayList<>(
            List.of(" ", "-", ".", "/", ":", "(", ")", "1", "20", "안녕", "です", "a", "[", "]"));
    for (PiiKind kind : PiiKind.values()) {
      pieces.add(kind.placeholder());
    }
    for (PiiRule rule : PiiRules.load()) {
      pieces.addAll(rule.hints().size() < 100 ? rule.hints() : rule.hints().subList(0, 100));
      rule.positive().forEach(example -> pieces.add(example.replaceAll("[«»]", "")));
      rule.positive().forEach(example -> pieces.add(example.replaceAll("^.*«|».*$", "")));
      pieces.addAll(rule.negative());
    }
    return pieces;
  }

  private static List<String> hostilePieces() {
    List<String> pieces =
        new ArrayList<>(
            List.of(
                "1",
                "0",
                "1 ",
                "1-",
                "0 1 ",
                "1.",
                "1.1",
                "a",
                "a.",
                "a-",
                "a@",
                "a@a",
                "@",
                ":",
                "1:",
                "/",
                "a/",
                ".com/",
                "http://",
                "://",
                ".",
                "?",
                " ",
                "계좌",
                "계좌 ",
                "계좌1",
                "계좌 12-",
                "공",
                "공일",
                "공일공",
                "口座",
                "記号",
                "記号10000",
                "가",
                "12가",
                "東",
                "東12",
                "M",
                "M1",
                "여권",
                "パスポート",
                "*",
                "900101-1*",
                "(",
                "010-",
                "[",
                "ー",
                "서울",
                "서울 ",
                "강남구 ",
                "강남구",
                "로 1",
                "동 1",
                "동1",
                "가나",
                "1번길",
                "東京都",
                "東京都渋谷区",
                "区",
                "1丁目",
                "一丁目",
                "김민수",
                "민수",
                "김",
                "씨",
                "님 ",
                "이름은 ",
                "저는 ",
                "田中",
                "さん",
                "名前は",
                "ゼロ",
                "生年月日",
                "생일은 ",
                "1년",
                "카톡 아이디 ",
                "ID ",
                "Kim ",
                "Kim Min "));
    for (PiiRule rule : PiiRules.load()) {
      pieces.add(rule.positive().get(0).replaceAll("[«»]", ""));
    }
    return pieces;
  }
}
