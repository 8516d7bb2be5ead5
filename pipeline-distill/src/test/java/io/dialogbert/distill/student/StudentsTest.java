package io.dialogbert.distill.student;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.distill.student.StudentConfig.Init;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class StudentsTest {
  private static final List<String> HEADS = List.of(Head.CLASSIFIER, "tags", "relation");
  private static final long SEED = 5;

  private static ComputationGraph student(ComputationGraph teacher, StudentConfig config) {
    return Students.create(
        teacher,
        config,
        encoder -> {
          ModelConfig model = Graphs.model(teacher);
          return new ModelConfig(encoder, model.heads(), model.losses());
        },
        TinyNetworks.SETTINGS,
        SEED);
  }

  private static ComputationGraph teacher(EncoderConfig encoder) {
    return TinyNetworks.random(TinyNetworks.model(encoder));
  }

  private static void assertSame(ComputationGraph one, ComputationGraph other, String... heads) {
    for (String head : heads) {
      float[][] expected = TinyNetworks.outputs(other, head);
      float[][] found = TinyNetworks.outputs(one, head);
      for (int i = 0; i < expected.length; i++) {
        for (int j = 0; j < expected[i].length; j++) {
          assertThat(found[i][j])
              .as("%s %d %d", head, i, j)
              .isCloseTo(expected[i][j], within(1e-4f));
        }
      }
    }
  }

  @Test
  void copiesLayersOfTheSameWidthBitForBit() {
    ComputationGraph teacher = teacher(TinyNetworks.encoder(6, 4, 3, 7));
    ComputationGraph student =
        student(teacher, new StudentConfig(2, 0, 0, 0, List.of(), Init.LAYERS));
    ComputationGraph expected = Graphs.create(Graphs.model(student), TinyNetworks.SETTINGS, SEED);
    Graphs.copyParameters(teacher, expected, ParameterLayout.fromTeacherLayers(List.of(1, 3)));
    assertThat(student.params()).isEqualTo(expected.params());
    ComputationGraph chosen =
        student(teacher, new StudentConfig(2, 0, 0, 0, List.of(0, 2), Init.LAYERS));
    assertThat(TinyNetworks.view(chosen, "encoder.layer.1.output.dense.weight"))
        .isEqualTo(TinyNetworks.view(teacher, "encoder.layer.2.output.dense.weight"));
  }

  @Test
  void keepsTheTeacherThroughAFullBasisIfNormsHaveEqualWeights() {
    ComputationGraph teacher = teacher(TinyNetworks.encoder(6, 2, 3, 7));
    ComputationGraph student = student(teacher, new StudentConfig(2, 0, 0, 0, List.of(), Init.SVD));
    String word = ParameterLayout.WORD_EMBEDDINGS;
    assertThat(
            TinyNetworks.view(student, word)
                .sub(TinyNetworks.view(teacher, word))
                .norm2Number()
                .doubleValue())
        .isGreaterThan(1);
    assertSame(student, teacher, HEADS.toArray(String[]::new));
  }

  @Test
  void findsTheNarrowNetworkInAWideOne() {
    ComputationGraph narrow = teacher(TinyNetworks.encoder(6, 2, 2, 7));
    ComputationGraph wide = teacher(TinyNetworks.encoder(10, 2, 2, 9));
    new Lift(narrow, wide).run();
    assertSame(wide, narrow, HEADS.toArray(String[]::new));
    ComputationGraph student = student(wide, new StudentConfig(2, 6, 2, 7, List.of(), Init.SVD));
    assertThat(student.numParams()).isEqualTo(narrow.numParams());
    assertSame(student, wide, HEADS.toArray(String[]::new));
  }

  @Test
  void dropsHeadsAndUnitsThatWriteNothing() {
    ComputationGraph teacher = teacher(TinyNetworks.encoder(6, 2, 3, 7));
    for (int layer = 0; layer < 2; layer++) {
      String prefix = "encoder.layer." + layer + ".";
      TinyNetworks.view(teacher, prefix + "attention.output.dense.weight")
          .get(NDArrayIndex.all(), NDArrayIndex.interval(2 * layer, 2 * layer + 2))
          .assign(0);
      TinyNetworks.view(teacher, prefix + "output.dense.weight").getColumn(3 + layer).assign(0);
      TinyNetworks.view(teacher, prefix + "output.dense.weight").getColumn(6).assign(0);
    }
    ComputationGraph student =
        student(teacher, new StudentConfig(0, 0, 2, 5, List.of(), Init.LAYERS));
    assertThat(Graphs.encoderConfig(student).attentionSize()).isEqualTo(4);
    assertSame(student, teacher, Head.CLASSIFIER, "tags", "relation", "vector");
  }

  @Test
  void drawsARandomStudentAsBeforePretraining() {
    ComputationGraph teacher = teacher(TinyNetworks.encoder(6, 2, 3, 7));
    ComputationGraph student =
        student(teacher, new StudentConfig(3, 8, 4, 9, List.of(), Init.RANDOM));
    assertThat(student.params())
        .isEqualTo(
            Graphs.create(
                    TinyNetworks.model(TinyNetworks.encoder(8, 3, 4, 9)),
                    TinyNetworks.SETTINGS,
                    SEED)
                .params());
  }

  @Test
  void keepsEqualCoordinatesEqual() {
    INDArray basis =
        ResidualBasis.of(
                TinyNetworks.view(
                    teacher(TinyNetworks.encoder(10, 1, 2, 3)), ParameterLayout.WORD_EMBEDDINGS),
                7)
            .matrix();
    INDArray products = basis.transpose().mmul(basis);
    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < 7; j++) {
        assertThat(products.getDouble(i, j)).isCloseTo(i == j ? 1 : 0, within(1e-5));
      }
    }
    for (int i = 0; i < 10; i++) {
      assertThat(basis.getRow(i).sumNumber().doubleValue())
          .isCloseTo(Math.sqrt(7.0 / 10), within(1e-5));
    }
  }

  @Test
  void approximatesAProductThroughFewerDimensions() {
    INDArray left = Nd4j.createFromArray(new double[][] {{3, 0, 0}, {0, 2, 0}});
    INDArray right = Nd4j.createFromArray(new double[][] {{0, 1}, {0.5, 0}});
    LowRank one = LowRank.of(left, right, 1);
    INDArray product = one.left().transpose().mmul(one.right());
    assertThat(
            product
                .sub(Nd4j.createFromArray(new double[][] {{0, 3}, {0, 0}, {0, 0}}))
                .norm2Number()
                .doubleValue())
        .isLessThan(1e-9);
    // More dimensions than the product has add nothing.
    LowRank three = LowRank.of(left, right, 3);
    assertThat(three.left().rows()).isEqualTo(3);
    assertThat(
            three
                .left()
                .transpose()
                .mmul(three.right())
                .sub(left.transpose().mmul(right))
                .norm2Number()
                .doubleValue())
        .isLessThan(1e-9);
  }

  /** Writes a narrow network into a wider one, so that both compute the same. */
  private record Lift(ComputationGraph narrow, ComputationGraph wide) {
    private static final int[] UNITS = {1, 2, 3, 5, 6, 7, 8};
    private static final int[] POOLED = {0, 3, 4, 5, 8, 9};

    void run() {
      INDArray basis =
          ResidualBasis.of(TinyNetworks.view(wide, ParameterLayout.WORD_EMBEDDINGS), 6).matrix();
      INDArray up = basis.transpose();
      INDArray turn =
          ResidualBasis.of(
                  TinyNetworks.view(wide, "embeddings.position_embeddings")
                      .getColumns(0, 1, 2, 3, 4),
                  3)
              .matrix();
      for (ParameterLayout.Parameter parameter : Graphs.layout(narrow).parameters()) {
        String name = parameter.name();
        INDArray had = TinyNetworks.view(narrow, name);
        INDArray has = TinyNetworks.view(wide, name);
        if (name.endsWith("LayerNorm.weight")) {
          has.assign(had.getDouble(0) * Math.sqrt(6.0 / 10));
        } else if (name.startsWith("embeddings.") && parameter.decayed()) {
          has.assign(had.mmul(up));
        } else if (name.endsWith("LayerNorm.bias") || name.endsWith("output.dense.bias")) {
          has.assign(had.reshape(1, 6).mmul(up).reshape(10));
        } else if (name.contains("attention.self.")) {
          double scale = name.contains("query") ? Math.sqrt(5.0 / 3) : 1;
          boolean bias = name.endsWith("bias");
          INDArray rows = bias ? had.reshape(6, 1) : had.mmul(up);
          INDArray turned =
              Nd4j.vstack(turn.mmul(rows.getRows(0, 1, 2)), turn.mmul(rows.getRows(3, 4, 5)));
          has.assign(turned.mul(scale).reshape(has.shape()));
        } else if (name.endsWith("attention.output.dense.weight")) {
          INDArray columns = basis.mmul(had);
          has.assign(
              Nd4j.hstack(
                  columns.getColumns(0, 1, 2).mmul(turn.transpose()),
                  columns.getColumns(3, 4, 5).mmul(turn.transpose())));
        } else if (name.contains("intermediate.dense")) {
          put(has, UNITS, name.endsWith("bias") ? had : had.mmul(up));
        } else if (name.endsWith("output.dense.weight")) {
          has.assign(0);
          INDArray columns = basis.mmul(had);
          for (int i = 0; i < UNITS.length; i++) {
            has.putColumn(UNITS[i], columns.getColumn(i));
          }
        } else if (name.startsWith("pooler.")) {
          put(has, POOLED, name.endsWith("bias") ? had : had.mmul(up));
        } else if (name.equals("classifier.weight")) {
          has.assign(0);
          for (int i = 0; i < POOLED.length; i++) {
            has.putColumn(POOLED[i], had.getColumn(i));
          }
        } else if (name.equals("tags.weight")) {
          has.assign(had.mmul(up));
        } else if (name.equals("relation.weight")) {
          has.assign(
              Nd4j.hstack(
                  had.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 6)).mmul(up),
                  had.get(NDArrayIndex.all(), NDArrayIndex.interval(6, 12)).mmul(up)));
        } else {
          has.assign(had);
        }
      }
    }

    /** Puts rows or elements; the others stay random. */
    private static void put(INDArray target, int[] places, INDArray rows) {
      for (int i = 0; i < places.length; i++) {
        if (target.rank() == 1) {
          target.putScalar(places[i], rows.getDouble(i));
        } else {
          target.putRow(places[i], rows.getRow(i));
        }
      }
    }
  }
}
