package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.junit.jupiter.api.Test;

class EncoderConfigTest {
  @Test
  void namesBothSizesWhereHeadsDoNotDivide() {
    assertThatThrownBy(() -> new EncoderConfig(10, 1, 3, 4, 8, 9, 2, 2, 0, 0, 0.02, 1e-12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hidden-size = 10 must be a multiple of num-attention-heads = 3");
  }

  @Test
  void namesTheValueThatIsOutOfRange() {
    assertThatThrownBy(() -> new EncoderConfig(6, 0, 3, 4, 8, 9, 2, 2, 0, 0, 0.02, 1e-12))
        .hasMessage("num-hidden-layers must be at least 1, is 0");
    assertThatThrownBy(() -> new EncoderConfig(6, 1, 3, 4, 8, 9, 2, 2, 1, 0, 0.02, 1e-12))
        .hasMessage("hidden-dropout-prob must be in [0, 1), is 1.0");
    assertThatThrownBy(() -> new EncoderConfig(6, 1, 3, 4, 8, 9, 2, 2, 0, 0, 0, 1e-12))
        .hasMessage("initializer-range must be above 0, is 0.0");
    assertThatThrownBy(() -> new EncoderConfig(6, 1, 3, 4, 8, 9, 2, 2, 0, 0, 0.02, Double.NaN))
        .hasMessage("layer-norm-eps must be above 0, is NaN");
  }

  @Test
  void survivesJson() throws Exception {
    EncoderConfig config = new EncoderConfig(6, 2, 3, 7, 13, 9, 4, 5, 0.1, 0.2, 0.03, 1e-11);
    String json = JsonMappers.getMapper().writeValueAsString(config);
    assertThat(JsonMappers.getMapper().readValue(json, EncoderConfig.class)).isEqualTo(config);
  }
}
