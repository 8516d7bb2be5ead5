package io.dialogbert.distill.student;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.ModelConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes students. */
public final class Students {
  private Students() {}

  /**
   * A trained student without the heads that only training needs.
   *
   * @param model with all heads that stay
   */
  public static ComputationGraph without(
      ComputationGraph student, ModelConfig model, TrainingSettings settings, long seed) {
    ComputationGraph saved = Graphs.create(model, settings, seed);
    Graphs.copyParameters(student, saved);
    saved.getConfiguration().setIterationCount(student.getIterationCount());
    return saved;
  }

  /**
   * A student before training.
   *
   * @param model adds heads and losses to the student's encoder; heads that the teacher has, too,
   *     start from the teacher's
   * @param settings of the student's training
   * @param seed of the values that do not come from the teacher
   * @throws io.dialogbert.common.BadConfigException if it cannot start from the teacher as asked
   */
  public static ComputationGraph create(
      ComputationGraph teacher,
      StudentConfig config,
      Function<EncoderConfig, ModelConfig> model,
      TrainingSettings settings,
      long seed) {
    EncoderConfig teacherEncoder = Graphs.encoderConfig(teacher);
    EncoderConfig encoder = config.encoder(teacherEncoder);
    ComputationGraph student = Graphs.create(model.apply(encoder), settings, seed);
    if (config.init() == StudentConfig.Init.RANDOM) {
      return student;
    }
    List<Integer> layers = config.layers(encoder, teacherEncoder);
    boolean sameWidths =
        encoder.withNumHiddenLayers(teacherEncoder.numHiddenLayers()).hasSizesOf(teacherEncoder);
    if (sameWidths && config.init() == StudentConfig.Init.LAYERS) {
      Graphs.copyParameters(teacher, student, ParameterLayout.fromTeacherLayers(layers));
      return student;
    }
    INDArray from = teacher.params().reshape(teacher.numParams());
    ModelConfig teacherModel = Graphs.model(teacher);
    Optional<ResidualBasis> basis =
        config.init() == StudentConfig.Init.SVD
            ? Optional.of(
                ResidualBasis.of(
                    teacherModel.layout().view(from, ParameterLayout.WORD_EMBEDDINGS),
                    encoder.hiddenSize()))
            : Optional.empty();
    new TeacherCut(
            teacherModel,
            from,
            Graphs.model(student),
            student.params().reshape(student.numParams()),
            basis)
        .fill(layers);
    return student;
  }
}
