package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.privacy.PiiRule.Match;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names here are in no list of the rules, and the rules alone do not find them. */
class NameTaggerTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final PiiMasker MASKER = PiiMasker.standard();

  @Test
  void changesNothingTheSecondTime() {
    List<String> pieces = PiiMaskerTest.pieces();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 1_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(1, 8); n > 0; n--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      String once = MASKER.mask(text.toString()).text();
      assertThat(MASKER.mask(once).text()).as("text %s, tests.seed %s", text, SEED).isEqualTo(once);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "가", "a", "[NAME]가 왔어", "\uD83D", "ㅋㅋㅋㅋ", "１２３"})
  void findsNothingWhereNoNameCanBe(String text) {
    assertThat(find(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"가나 ", "ユズキ", "안녕 元気", "가"})
  void readsALongTextInParts(String piece) {
    String text = piece.repeat(10 * NameTagger.MAX_PART / piece.length());

    assertThat(find(text)).allMatch(match -> match.end() <= text.length());
  }

  @Test
  void findsTheSameFromManyThreads() {
    List<String> texts = List.of("창린이가 그러던데", "도현 형 어디야", "淳が来る", "大塚と飲んだ");
    List<List<Match>> alone = texts.stream().map(NameTaggerTest::find).toList();

    assertThat(
            IntStream.range(0, 400)
                .parallel()
                .mapToObj(i -> find(texts.get(i % texts.size())))
                .distinct())
        .hasSameElementsAs(alone);
  }

  /** Models are part of every release. */
  @ParameterizedTest
  @ValueSource(strings = {"ko", "ja"})
  void modelsAreSmall(String lang) throws IOException {
    try (var in = NameTagger.class.getResourceAsStream(NameTagger.file(lang))) {
      assertThat(in.readAllBytes()).hasSizeLessThan(3 << 20);
    }
  }

  private static List<Match> find(String text) {
    List<Match> found = new ArrayList<>();
    NameTagger.find(text, found::add);
    return found;
  }
}
