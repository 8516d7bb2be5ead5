package io.dialogbert.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.MaskingConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PretrainJobTest {
  /** For examples of up to 48 tokens. */
  private static Optional<String> cap(double prob, int max, Map<String, String> settings) {
    Map<String, String> made = new HashMap<>(Map.of("build-examples.max-sequence-length", "48"));
    made.putAll(settings);
    return PretrainJob.cap(made, new MaskingConfig(prob, max, false, 100));
  }

  @Test
  void saysThatTheLongestExamplesGetFewerPredictionsThanTheirShare() {
    assertThat(cap(0.3, 8, Map.of("build-examples.pairing", "next-sentence")))
        .hasValueSatisfying(
            words ->
                assertThat(words)
                    .startsWith("max-predictions-per-seq = 8 caps masked-lm-prob = 0.3: ")
                    .contains("45 tokens 8 are predicted (0.1778) where the share would be 14"));
  }

  @Test
  void countsOneSeparatorLessWhereThereAreNoPairs() {
    assertThat(cap(0.3, 8, Map.of("build-examples.pairing", "full-sentences")))
        .hasValueSatisfying(words -> assertThat(words).contains("46 tokens 8 are predicted"));
    // The shares of 45 and 46 tokens are 14.40 and 14.72, rounded.
    assertThat(cap(0.32, 14, Map.of("build-examples.pairing", "next-sentence"))).isEmpty();
    assertThat(cap(0.32, 14, Map.of("build-examples.pairing", "full-sentences"))).isPresent();
  }

  @Test
  void saysNothingWhereTheShareFitsOrTheMasksAreInTheExamples() {
    assertThat(cap(0.15, 8, Map.of())).isEmpty();
    assertThat(cap(0.3, 8, Map.of("build-examples.static-masks", "10"))).isEmpty();
    assertThat(PretrainJob.cap(Map.of(), new MaskingConfig(0.3, 8, false, 100)))
        .as("examples that do not tell how long they are")
        .isEmpty();
  }
}
