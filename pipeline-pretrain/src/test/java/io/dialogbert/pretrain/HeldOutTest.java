package io.dialogbert.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.model.head.PretrainingScore;
import org.junit.jupiter.api.Test;

class HeldOutTest {
  @Test
  void saysNothingOfNextSentencesWhereThereAreNoPairs() {
    assertThat(HeldOut.values(new PretrainingScore(6, 3, 1, 0, 0, 0, 4)))
        .containsOnlyKeys("mlm_loss", "mlm_accuracy")
        .containsEntry("mlm_loss", 2.0);
    assertThat(HeldOut.values(new PretrainingScore(6, 3, 1, 2, 3, 4, 4)))
        .containsOnlyKeys("mlm_loss", "mlm_accuracy", "nsp_loss", "nsp_accuracy")
        .containsEntry("nsp_loss", 0.5)
        .containsEntry("nsp_accuracy", 0.75);
  }
}
