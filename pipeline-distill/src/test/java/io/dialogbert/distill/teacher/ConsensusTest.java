package io.dialogbert.distill.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ConsensusTest {
  private static final long SEED = 20191029;
  private static final int ROUNDS = 50;

  private static double[] probabilities(float[] logits, double temperature) {
    double sum = 0;
    double[] shares = new double[logits.length];
    for (int c = 0; c < shares.length; c++) {
      shares[c] = Math.exp(logits[c] / temperature);
      sum += shares[c];
    }
    for (int c = 0; c < shares.length; c++) {
      shares[c] /= sum;
    }
    return shares;
  }

  private static float[] logits(SplittableRandom random) {
    float[] logits = new float[5];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = (float) (3 * random.nextGaussian());
    }
    return logits;
  }

  @Test
  void averagesProbabilitiesAtTheTemperature() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      double temperature = 0.5 + 8 * random.nextDouble();
      List<float[]> answers = List.of(logits(random), logits(random), logits(random));
      float[] joint = new Consensus(AnswerTable.Kind.LOGITS, temperature).of(answers);
      double[] shares = probabilities(joint, temperature);
      for (int c = 0; c < shares.length; c++) {
        int at = c;
        double mean =
            answers.stream()
                .mapToDouble(answer -> probabilities(answer, temperature)[at])
                .average()
                .orElseThrow();
        assertThat(shares[c])
            .as("class %d, seed %d, round %d", c, SEED, round)
            .isCloseTo(mean, within(1e-6));
      }
    }
  }

  @Test
  void staysFiniteWhereAllAreSure() {
    float[] joint =
        new Consensus(AnswerTable.Kind.LOGITS, 0.01)
            .of(List.of(new float[] {900, -900}, new float[] {800, -800}));
    assertThat(joint[0]).isCloseTo(0, within(1e-6f));
    assertThat(joint[1]).isFinite().isLessThan(-7);
  }

  @Test
  void leavesASingleTeacherAsItIs() {
    float[] answer = {0.1f, 700, -3};
    assertThat(new Consensus(AnswerTable.Kind.LOGITS, 2).of(List.of(answer))).isSameAs(answer);
  }

  @Test
  void averagesScores() {
    assertThat(
            new Consensus(AnswerTable.Kind.SCORE, 2)
                .of(List.of(new float[] {0.25f}, new float[] {0.75f})))
        .containsExactly(0.5f);
  }
}
