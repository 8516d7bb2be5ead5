package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.privacy.PiiScore.Bounds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How well personal data is found in made-up messages that are independent of the rules. */
class PiiRecallTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final PiiMasker MASKER = PiiMasker.standard();

  @ParameterizedTest
  @ValueSource(strings = {"ko", "ja"})
  void findsWhatThereIsAndLittleElse(String lang) {
    PiiScore score = PiiScore.of(text -> MASKER.mask(text).text(), lang, SEED);
    System.out.printf("personal data, %s, seed %d%n%s", lang, SEED, score.table());

    List<String> tooLow = new ArrayList<>();
    for (PiiKind kind : PiiKind.values()) {
      String name = kind.name();
      Bounds bounds = Bounds.of(kind);
      if (!(score.recall(name) >= bounds.leastRecall())) {
        tooLow.add("recall of " + name + " is " + score.recall(name));
      }
      if (!(score.precision(name) >= bounds.leastPrecision())) {
        tooLow.add("precision of " + name + " is " + score.precision(name));
      }
    }
    assertThat(tooLow).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ko", "ja"})
  void findsNothingWhereNothingIsMasked(String lang) {
    PiiScore score = PiiScore.of(text -> text, lang, SEED);

    assertThat(score.kinds()).isNotEmpty();
    for (String kind : score.kinds()) {
      assertThat(score.recall(kind)).as(kind).isZero();
    }
  }
}
