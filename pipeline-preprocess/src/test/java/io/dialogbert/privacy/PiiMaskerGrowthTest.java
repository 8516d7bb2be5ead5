package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.privacy.PiiRule.Match;
import io.dialogbert.privacy.PiiRule.Range;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Twice the text takes about twice the work, counted in characters read or copied. */
class PiiMaskerGrowthTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final List<PiiRule> RULES = PiiRules.load();
  private static final PiiMasker MASKER = new PiiMasker(RULES);
  private static final List<String> PIECES = PiiMaskerTest.pieces();
  private static final int LENGTH = 4_000;

  /**
   * Far above 2, since the ends weigh less in a longer text; far below 4, which is quadratic
   * growth.
   */
  private static final double MOST = 2.5;

  /** The examples of each rule, joined, and mixes of the examples of all rules. */
  static Stream<String> units() {
    List<String> units = new ArrayList<>();
    for (PiiRule rule : RULES) {
      units.add(String.join(units.size() % 2 == 0 ? "" : " ", examples(rule)));
    }
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 60; i++) {
      units.add(mix(random, random.nextInt(1, 6)));
    }
    return units.stream();
  }

  @ParameterizedTest
  @MethodSource("units")
  void growsWithTheText(String unit) {
    assertGrowth(unit, LENGTH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insta@aaa",
        "a.insta_b",
        "1",
        "1-",
        "0 1 ",
        "a@",
        "a.",
        "a-",
        "http://.",
        "호가",
        "ID a_",
        "www.가",
        "가.",
        "가@가.",
        "@",
        "a@가.a"
      })
  void growsWithTheTextWhereMatchesUncoverOneAnother(String unit) {
    assertGrowth(unit, LENGTH);
  }

  /** If each match waited for the next one, the text would be read once for each. */
  @ParameterizedTest
  @ValueSource(strings = {"insta@aaa", "인스타 @a.b_c", "id @a_b@"})
  void idsInARowAreFoundTogether(String unit) {
    List<String> read = new ArrayList<>();
    PiiMasker masker =
        new PiiMasker(
            RULES,
            text -> {
              read.add(text.toString());
              return text;
            });
    assertThat(masker.mask(unit.repeat(100)).counts().get(PiiKind.MESSENGER_ID)).isEqualTo(100);
    assertThat(read).hasSizeLessThan(10);
  }

  @Test
  void growsUpToTheLongestText() {
    SplittableRandom random = new SplittableRandom(SEED);
    String ordinary = "안녕하세요, 元気ですか ".repeat(1_000);
    assertGrowth(mix(random, 100) + ordinary, PiiMasker.MAX_LENGTH / 2);
  }

  /** The naive way reads the whole text again until nothing is found. */
  @Test
  void findsWhatLookingAtTheWholeAgainFinds() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 1_500; i++) {
      String text = mix(random, random.nextInt(1, i % 20 == 0 ? 300 : 30));
      assertThat(MASKER.mask(text))
          .as("text %s, tests.seed %s", text, SEED)
          .isEqualTo(lookingAtTheWholeAgain(text));
    }
  }

  private static MaskedText lookingAtTheWholeAgain(String text) {
    Map<PiiKind, Integer> counts = new EnumMap<>(PiiKind.class);
    String masked = text;
    List<Match> found = new ArrayList<>();
    PiiMasker.TriggeredRules calls =
        MASKER.find(text, whole(text), PiiMasker.TriggeredRules.NONE, found::add);
    while (!found.isEmpty()) {
      Replacements replacements = new Replacements(masked);
      PiiMasker.merge(found).forEach(replacements::replace);
      replacements.masked().counts().forEach((kind, n) -> counts.merge(kind, n, Integer::sum));
      masked = replacements.masked().text();
      found.clear();
      MASKER.find(masked, whole(masked), calls, found::add);
    }
    return new MaskedText(masked, counts);
  }

  private static Range whole(String text) {
    return new Range(0, text.length());
  }

  private static void assertGrowth(String unit, int length) {
    long once = work(unit, length);
    long twice = work(unit, 2 * length);
    assertThat((double) twice / once)
        .as(
            "%s characters read of %s, %s of twice as many of '%s', tests.seed %s",
            once, length, twice, unit, SEED)
        .isLessThan(MOST);
  }

  /** Number of characters passed to the rules, plus the number of reads by the rules. */
  private static long work(String unit, int length) {
    List<CountingText> read = new ArrayList<>();
    long[] handed = new long[1];
    PiiMasker masker =
        new PiiMasker(
            RULES,
            text -> {
              CountingText counting = new CountingText(text.toString());
              handed[0] += text.length();
              read.add(counting);
              return counting;
            });
    masker.mask(unit.repeat(1 + length / unit.length()).substring(0, length));
    return handed[0] + read.stream().mapToLong(CountingText::reads).sum();
  }

  private static List<String> examples(PiiRule rule) {
    return Stream.concat(rule.positive().stream(), rule.negative().stream())
        .map(example -> example.replaceAll("[«»]", ""))
        .toList();
  }

  private static String mix(SplittableRandom random, int numPieces) {
    StringBuilder mix = new StringBuilder();
    for (int n = 0; n < numPieces; n++) {
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      int cut = random.nextInt(4) == 0 ? random.nextInt(piece.length() + 1) : piece.length();
      mix.append(piece.substring(0, cut).repeat(random.nextInt(10) == 0 ? 4 : 1));
    }
    return mix.isEmpty() ? "-" : mix.toString();
  }
}
