package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NameModelTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int NUM_LABELS = NameModel.NUM_LABELS;

  /** Sums over all sequences of labels, which no algorithm saves anything of. */
  @Test
  void marginalsAreThoseOfAllSequences() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int length = 1; length <= 5; length++) {
      float[] scores = weights(random, length * NUM_LABELS);
      float[] transitions = weights(random, NUM_LABELS * NUM_LABELS);
      double[] expected = new double[scores.length];
      double[] expectedPairs = new double[transitions.length];
      double all = 0;
      int numSequences = (int) Math.pow(NUM_LABELS, length);
      for (int sequence = 0; sequence < numSequences; sequence++) {
        int[] labels = labels(sequence, length);
        double weight = Math.exp(score(labels, scores, transitions));
        all += weight;
        for (int i = 0; i < length; i++) {
          expected[i * NUM_LABELS + labels[i]] += weight;
          if (i > 0) {
            expectedPairs[labels[i - 1] * NUM_LABELS + labels[i]] += weight;
          }
        }
      }
      double[] pairs = new double[transitions.length];
      double[] marginals = NameModel.marginals(scores, transitions, length, pairs);
      for (int i = 0; i < expected.length; i++) {
        assertThat(marginals[i]).as("seed %s", SEED).isCloseTo(expected[i] / all, within(1e-9));
      }
      for (int i = 0; i < pairs.length; i++) {
        assertThat(pairs[i]).as("seed %s", SEED).isCloseTo(expectedPairs[i] / all, within(1e-9));
      }
    }
  }

  @Test
  void longTextsNeitherOverflowNorVanish() {
    float[] scores = new float[5_000 * NUM_LABELS];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = i % 7 * 20 - 60;
    }
    double[] marginals =
        NameModel.marginals(scores, new float[NUM_LABELS * NUM_LABELS], 5_000, null);

    assertThat(Arrays.stream(marginals).boxed()).allMatch(p -> p >= 0 && p <= 1 + 1e-9);
  }

  @Test
  void readsWhatItWrote() throws IOException {
    NameFeatures features = new NameFeatures("ko");
    features.read("민수", true);
    long[] keys = new long[NameFeatures.MAX_PER_CHARACTER];
    features.of(0, keys);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NameModel.write(
        new float[NUM_LABELS * NUM_LABELS],
        Map.of(keys[0], new float[] {-2, 3, 0, 0, 0}, 99L, new float[] {0.01f, 0, 0, 0, 0}),
        out);

    float[] probabilities =
        NameModel.read(new ByteArrayInputStream(out.toByteArray())).probabilities(features, 2);

    double names = Math.exp(3) + 3;
    assertThat(probabilities[0]).isCloseTo((float) (names / (names + Math.exp(-2))), within(1e-5f));
    assertThat(probabilities[1]).isCloseTo(0.8f, within(1e-5f));
  }

  /** Two syllables that look like a name to be called by, and are on no list. */
  @Test
  void knowsAFeatureWhoseKeyIsZero() throws IOException {
    NameFeatures features = new NameFeatures("ko");
    features.read("가겸", true);
    long[] keys = new long[NameFeatures.MAX_PER_CHARACTER];
    assertThat(Arrays.stream(keys, 0, features.of(0, keys))).contains(0L);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NameModel.write(
        new float[NUM_LABELS * NUM_LABELS], Map.of(0L, new float[] {-2, 2, 2, 2, 2}), out);
    NameModel model = NameModel.read(new ByteArrayInputStream(out.toByteArray()));
    assertThat(model.probabilities(features, 2)[0]).isGreaterThan(0.9f);
  }

  @Test
  void refusesAnotherFile() {
    assertThatThrownBy(() -> NameModel.read(new ByteArrayInputStream(new byte[100])))
        .isInstanceOf(IOException.class);
  }

  private static float[] weights(SplittableRandom random, int number) {
    float[] weights = new float[number];
    for (int i = 0; i < number; i++) {
      weights[i] = (float) random.nextDouble(-3, 3);
    }
    return weights;
  }

  private static int[] labels(int sequence, int length) {
    int[] labels = new int[length];
    int rest = sequence;
    for (int i = 0; i < length; i++) {
      labels[i] = rest % NUM_LABELS;
      rest /= NUM_LABELS;
    }
    return labels;
  }

  private static double score(int[] labels, float[] scores, float[] transitions) {
    double score = 0;
    for (int i = 0; i < labels.length; i++) {
      score += scores[i * NUM_LABELS + labels[i]];
      score += i > 0 ? transitions[labels[i - 1] * NUM_LABELS + labels[i]] : 0;
    }
    return score;
  }
}
