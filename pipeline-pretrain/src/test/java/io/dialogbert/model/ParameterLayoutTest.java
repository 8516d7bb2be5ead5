package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ParameterLayoutTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0);
  private static final ParameterLayout LAYOUT = ModelFixtures.pretraining(CONFIG).layout();

  @Test
  void partsCoverTheVectorWithoutGapsMatricesFirst() {
    long end = 0;
    boolean vectors = false;
    for (ParameterLayout.Parameter parameter : LAYOUT.parameters()) {
      assertThat(parameter.offset()).as(parameter.name()).isEqualTo(end);
      vectors |= !parameter.decayed();
      assertThat(parameter.decayed()).as(parameter.name()).isEqualTo(!vectors);
      end += parameter.length();
    }
    assertThat(end).isEqualTo(LAYOUT.length());
  }

  @Test
  void baseEncoderHasTheParametersOfBertBase() {
    EncoderConfig base =
        new EncoderConfig(768, 12, 12, 3072, 30522, 512, 2, 2, 0.1, 0.1, 0.02, 1e-12);
    // bert-base-uncased with both pretraining heads has 110,106,428; the two turn embeddings come
    // on top.
    assertThat(ModelFixtures.pretraining(base).layout().length()).isEqualTo(110_106_428 + 2 * 768);
  }

  @Test
  void namesAndShapesAreBerts() {
    assertThat(LAYOUT.parameter("embeddings.word_embeddings").shape()).containsExactly(13, 6);
    assertThat(LAYOUT.parameter("embeddings.turn_embeddings").shape()).containsExactly(2, 6);
    assertThat(LAYOUT.parameter("encoder.layer.1.intermediate.dense.weight").shape())
        .containsExactly(7, 6);
    assertThat(LAYOUT.parameter("encoder.layer.1.output.dense.weight").shape())
        .containsExactly(6, 7);
    assertThat(LAYOUT.parameter("encoder.layer.0.attention.output.LayerNorm.bias").shape())
        .containsExactly(6);
    assertThat(LAYOUT.parameter("cls.predictions.bias").shape()).containsExactly(13);
    assertThat(LAYOUT.parameter("cls.seq_relationship.weight").shape()).containsExactly(2, 6);
    assertThatThrownBy(() -> LAYOUT.parameter("encoder.layer.2.output.dense.weight"))
        .hasMessageContaining("no parameter named encoder.layer.2.output.dense.weight");
  }

  @Test
  void viewsWriteThrough() {
    INDArray flat = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    LAYOUT.view(flat, "encoder.layer.0.attention.self.key.weight").putScalar(2, 5, 42);
    long at = LAYOUT.parameter("encoder.layer.0.attention.self.key.weight").offset() + 2 * 6 + 5;
    assertThat(flat.getFloat(at)).isEqualTo(42);
    String self = "encoder.layer.0.attention.self.";
    INDArray span =
        LAYOUT.span(flat, self + "query.weight", self + "key.weight", self + "value.weight");
    assertThat(span.shape()).containsExactly(18, 6);
    assertThat(span.getFloat(6 + 2, 5)).isEqualTo(42);
    assertThatThrownBy(() -> LAYOUT.span(flat, self + "query.weight", self + "value.weight"))
        .hasMessageContaining("not neighbors of equal shape");
    assertThatThrownBy(() -> LAYOUT.view(Nd4j.create(DataType.FLOAT, 3), self + "key.bias"))
        .hasMessageContaining("flat vector has 3 elements, layout has " + LAYOUT.length());
  }

  @Test
  void hashTellsLayoutsApart() {
    assertThat(ModelFixtures.pretraining(CONFIG).layout().hash()).isEqualTo(LAYOUT.hash());
    assertThat(ModelFixtures.pretraining(CONFIG.withNumHiddenLayers(1)).layout().hash())
        .isNotEqualTo(LAYOUT.hash());
    assertThat(ModelFixtures.classifier(CONFIG, 3).layout().hash())
        .isNotEqualTo(ModelFixtures.classifier(CONFIG, 4).layout().hash());
  }

  @Test
  void studentLayersComeFromChosenTeacherLayers() {
    UnaryOperator<String> names = ParameterLayout.fromTeacherLayers(List.of(1, 10));
    assertThat(names.apply("encoder.layer.1.output.dense.bias"))
        .isEqualTo("encoder.layer.10.output.dense.bias");
    assertThat(names.apply("pooler.dense.bias")).isEqualTo("pooler.dense.bias");
    assertThatThrownBy(() -> names.apply("encoder.layer.2.output.dense.bias"))
        .hasMessageContaining("no teacher layer given for encoder.layer.2.output.dense.bias");
  }

  @Test
  void tablesGrowWhenCopiedIntoLargerOnes() {
    EncoderConfig grown = new EncoderConfig(6, 2, 3, 7, 17, 12, 3, 4, 0, 0, 0.02, 1e-12);
    ParameterLayout larger = ModelFixtures.pretraining(grown).layout();
    INDArray source = ModelFixtures.parameters(LAYOUT, DataType.FLOAT, 1);
    INDArray target = ModelFixtures.parameters(larger, DataType.FLOAT, 2);
    INDArray initial = target.dup();
    assertThat(larger.copy(target, LAYOUT, source, UnaryOperator.identity()))
        .containsExactlyElementsOf(
            larger.parameters().stream().map(ParameterLayout.Parameter::name).toList());
    int grownTables = 0;
    for (ParameterLayout.Parameter parameter : larger.parameters()) {
      float[] values = values(larger, target, parameter.name());
      float[] had = values(LAYOUT, source, parameter.name());
      assertThat(Arrays.copyOf(values, had.length)).as(parameter.name()).isEqualTo(had);
      float[] further = values(larger, initial, parameter.name());
      assertThat(Arrays.copyOfRange(values, had.length, values.length))
          .as(parameter.name())
          .isEqualTo(Arrays.copyOfRange(further, had.length, further.length));
      grownTables += values.length > had.length ? 1 : 0;
    }
    // Words, positions, segments, turns, and the decoder's bias.
    assertThat(grownTables).isEqualTo(5);
  }

  private static float[] values(ParameterLayout layout, INDArray flat, String name) {
    INDArray view = layout.view(flat, name);
    return view.reshape(view.length()).toFloatVector();
  }

  @Test
  void tablesDoNotShrinkAndNothingElseGrows() {
    assertRefused(
        new EncoderConfig(6, 2, 3, 7, 13, 8, 2, 2, 0, 0, 0.02, 1e-12),
        "embeddings.position_embeddings has shape [8, 6], source embeddings.position_embeddings has shape [9, 6]");
    assertRefused(
        new EncoderConfig(6, 2, 3, 7, 12, 9, 2, 2, 0, 0, 0.02, 1e-12),
        "embeddings.word_embeddings has shape [12, 6], source embeddings.word_embeddings has shape [13, 6]");
    assertRefused(
        new EncoderConfig(6, 2, 3, 8, 13, 9, 2, 2, 0, 0, 0.02, 1e-12),
        "encoder.layer.0.intermediate.dense.weight has shape [8, 6], source encoder.layer.0.intermediate.dense.weight has shape [7, 6]");
    ParameterLayout three = ModelFixtures.classifier(CONFIG, 3).layout();
    ParameterLayout four = ModelFixtures.classifier(CONFIG, 4).layout();
    assertThatThrownBy(
            () ->
                four.copy(
                    Nd4j.create(DataType.FLOAT, four.length()),
                    three,
                    Nd4j.create(DataType.FLOAT, three.length()),
                    UnaryOperator.identity()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "classifier.weight has shape [4, 6], source classifier.weight has shape [3, 6]");
  }

  /** Copying from {@link #LAYOUT} must fail. */
  private static void assertRefused(EncoderConfig config, String message) {
    ParameterLayout layout = ModelFixtures.pretraining(config).layout();
    INDArray target = Nd4j.create(DataType.FLOAT, layout.length());
    INDArray source = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    assertThatThrownBy(() -> layout.copy(target, LAYOUT, source, UnaryOperator.identity()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void copyingRefusesAnotherShape() {
    EncoderConfig wider = new EncoderConfig(9, 2, 3, 7, 13, 9, 2, 2, 0, 0, 0.02, 1e-12);
    ParameterLayout other = ModelFixtures.pretraining(wider).layout();
    INDArray target = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    INDArray source = Nd4j.create(DataType.FLOAT, other.length());
    assertThatThrownBy(() -> LAYOUT.copy(target, other, source, UnaryOperator.identity()))
        .hasMessage(
            "embeddings.word_embeddings has shape [13, 6], source embeddings.word_embeddings has shape [13, 9]");
  }
}
