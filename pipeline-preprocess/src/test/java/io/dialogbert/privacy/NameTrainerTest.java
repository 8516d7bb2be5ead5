package io.dialogbert.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.privacy.NameTrainer.Example;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares with CRFsuite, which finds the same minimum another way (L-BFGS). */
class NameTrainerTest {
  /** From src/test/python/make_crf_golden.py. */
  private static final double[][] CRFSUITE_MARGINALS = {
    {0.012, 0.0215, 0.4294, 0.5304, 0.0066},
    {0.0086, 0.0089, 0.0106, 0.368, 0.6038},
    {0.4558, 0.5034, 0.0204, 0.0138, 0.0066},
    {0.4541, 0.5081, 0.014, 0.0169, 0.0068},
    {0.0121, 0.4268, 0.539, 0.0148, 0.0072},
    {0.014, 0.017, 0.4079, 0.5526, 0.0086},
    {0.0138, 0.0167, 0.0095, 0.3343, 0.6257},
    {0.0048, 0.0164, 0.2883, 0.6807, 0.0099}
  };

  @Test
  void findsTheMinimumThatCrfsuiteFinds() {
    List<Example> examples = examples();
    NameTrainer trainer = new NameTrainer(12);
    trainer.train(examples, 1_000, 0.2, 1);

    double[] marginals = trainer.marginals(examples.get(0));
    for (int i = 0; i < marginals.length; i++) {
      assertThat(marginals[i])
          .isCloseTo(
              CRFSUITE_MARGINALS[i / NameModel.NUM_LABELS][i % NameModel.NUM_LABELS], within(0.02));
    }
  }

  private static List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    long state = 1;
    for (int sequence = 0; sequence < 30; sequence++) {
      int[] labels = new int[8];
      int[][] features = new int[8][3];
      for (int i = 0; i < 8; i++) {
        int[] numbers = new int[4];
        for (int n = 0; n < 4; n++) {
          state = (state * 1_103_515_245 + 12_345) % (1L << 31);
          numbers[n] = (int) (state >> 16);
        }
        for (int n = 0; n < 3; n++) {
          features[i][n] = numbers[n] % 4 + 4 * n;
        }
        labels[i] = (numbers[0] % 4 + numbers[3] % 2) % 5;
      }
      examples.add(new Example(labels, features));
    }
    return examples;
  }
}
