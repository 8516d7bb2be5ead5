package io.dialogbert.task.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TagDecoderTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int TAGS = BioTags.count(2);

  /** All sequences of four tags are tried: no valid one has a greater sum. */
  @Test
  void findsTheBestValidTags() {
    SplittableRandom random = new SplittableRandom(SEED);
    int repaired = 0;
    for (int n = 0; n < 300; n++) {
      float[][] logits = new float[4][TAGS];
      for (float[] row : logits) {
        for (int tag = 0; tag < TAGS; tag++) {
          row[tag] = (float) random.nextDouble(-3, 3);
        }
      }
      double best = Double.NEGATIVE_INFINITY;
      for (int code = 0; code < TAGS * TAGS * TAGS * TAGS; code++) {
        int[] tags = {
          code % TAGS, code / TAGS % TAGS, code / TAGS / TAGS % TAGS, code / TAGS / TAGS / TAGS
        };
        best = isValid(tags) ? Math.max(best, sum(logits, tags)) : best;
      }
      int[] decoded = TagDecoder.decode(logits);
      assertThat(isValid(decoded)).as("-Dtests.seed=" + SEED + ", " + n).isTrue();
      assertThat(sum(logits, decoded)).isCloseTo(best, within(1e-5));
      int[] likeliest = TagDecoder.likeliest(logits);
      assertThat(sum(logits, likeliest)).isGreaterThanOrEqualTo(best - 1e-5);
      repaired += isValid(likeliest) ? 0 : 1;
    }
    assertThat(repaired).isGreaterThan(100);
  }

  private static boolean isValid(int[] tags) {
    int previous = BioTags.OUTSIDE;
    for (int tag : tags) {
      if (!BioTags.mayFollow(previous, tag)) {
        return false;
      }
      previous = tag;
    }
    return true;
  }

  private static double sum(float[][] logits, int[] tags) {
    double sum = 0;
    for (int i = 0; i < tags.length; i++) {
      sum += logits[i][tags[i]];
    }
    return sum;
  }

  @Test
  void decodesAnEmptyText() {
    assertThat(TagDecoder.decode(new float[0][])).isEmpty();
  }

  @Test
  void probabilitiesOfTagsAddUpToOne() {
    float[] logits = {100, 101, 99};
    double sum = 0;
    for (int tag = 0; tag < logits.length; tag++) {
      sum += Math.exp(TagDecoder.logProbability(logits, tag));
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
  }

  @Test
  void namesTagsInTheirOrder() {
    List<String> names = BioTags.names(List.of("PER", "LOC"));
    assertThat(names).containsExactly("O", "B-PER", "I-PER", "B-LOC", "I-LOC");
    assertThat(names.get(BioTags.begin(1))).isEqualTo("B-LOC");
    assertThat(names.get(BioTags.inside(0))).isEqualTo("I-PER");
    assertThat(names.get(BioTags.goingOn(BioTags.begin(1)))).isEqualTo("I-LOC");
  }
}
