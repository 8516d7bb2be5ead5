package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.List;
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
    assertThat(read(json)).isEqualTo(config);
  }

  private static final String JSON =
      """
      {"hiddenSize": 6, "numHiddenLayers": 2, "numAttentionHeads": 3, "intermediateSize": 7,
       "vocabSize": 13, "maxPositionEmbeddings": 9, "typeVocabSize": 4, "turnVocabSize": 5,
       "hiddenDropoutProb": 0.1, "attentionProbsDropoutProb": 0, "initializerRange": 0.03,
       "layerNormEps": 1e-11}
      """;

  private static EncoderConfig read(String json) throws Exception {
    return JsonMappers.getMapper().readValue(json, EncoderConfig.class);
  }

  @Test
  void namesWhatJsonLacksInsteadOfTakingZeroForIt() throws Exception {
    assertThat(read(JSON))
        .isEqualTo(new EncoderConfig(6, 2, 3, 7, 13, 9, 4, 5, 0.1, 0, 0.03, 1e-11));
    for (RecordComponent field : EncoderConfig.class.getRecordComponents()) {
      String name = field.getName();
      if (name.equals("headSize")) {
        continue;
      }
      assertThatThrownBy(() -> read(JSON.replace(name, "another")))
          .hasRootCauseMessage("the encoder lacks the number " + name);
    }
    assertThatThrownBy(() -> read(JSON.replace("6,", "\"six\",")))
        .hasRootCauseMessage("the encoder lacks the number hiddenSize");
    assertThatThrownBy(() -> read(JSON.replace("6,", "6.5,")))
        .hasRootCauseMessage("hiddenSize must be a whole number, is 6.5");
  }

  @Test
  void keepsHeadsThatDoNotShareTheHiddenWidth() throws Exception {
    EncoderConfig config =
        new EncoderConfig(6, 2, 2, 2, 7, 13, 9, 4, 5, 0.1, 0, 0.03, 1e-11).withVocabSize(14);
    assertThat(config.headSize()).isEqualTo(2);
    assertThat(config.attentionSize()).isEqualTo(4);
    assertThat(read(JsonMappers.getMapper().writeValueAsString(config))).isEqualTo(config);
    assertThat(config.hasSizesOf(new EncoderConfig(6, 2, 2, 7, 14, 9, 4, 5, 0.1, 0, 0.03, 1e-11)))
        .isFalse();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    String json = JSON.replace("{", "{\"positions\": \"relative\", \"experts\": 8, ");
    assertThatThrownBy(() -> read(json))
        .hasRootCauseMessage(
            "the encoder has fields that this version does not know: experts, positions; read it"
                + " with the version that wrote it");
  }

  @Test
  void tellsSizesFromWhatOnlyTrainingKnows() {
    EncoderConfig config = new EncoderConfig(8, 2, 2, 16, 50, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12);
    assertThat(new EncoderConfig(8, 2, 2, 16, 50, 12, 2, 2, 0.3, 0.2, 0.01, 1e-12))
        .matches(config::hasSizesOf);
    assertThat(
            List.of(
                new EncoderConfig(8, 2, 4, 16, 50, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12),
                new EncoderConfig(8, 3, 2, 16, 50, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12),
                new EncoderConfig(8, 2, 2, 16, 50, 12, 2, 2, 0.1, 0.1, 0.02, 1e-5)))
        .noneMatch(config::hasSizesOf);
  }
}
