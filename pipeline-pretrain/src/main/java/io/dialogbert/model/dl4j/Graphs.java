package io.dialogbert.model.dl4j;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.CudaCards;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;

/** What the models' computation graphs have in common. */
public final class Graphs {
  private static final String INPUT = "tokens";
  private static final String OUTPUT = "bert";

  /** Class names in the JSON of older checkpoints, from when all layers were in one package. */
  private static final Pattern FORMER_NAME =
      Pattern.compile(
          "\"io\\.dialogbert\\.model\\."
              + "(PretrainingLayer|ClassificationLayer|FusedAdam|TrustRatioDecay)\"");

  private Graphs() {}

  /**
   * Reads a graph's configuration, written by this version or an earlier one.
   *
   * @param json DL4J's JSON
   * @throws RuntimeException if this version does not know the network
   */
  public static ComputationGraphConfiguration configuration(String json) {
    String home = BertLayer.class.getPackageName();
    return ComputationGraphConfiguration.fromJson(
        FORMER_NAME.matcher(json).replaceAll("\"" + home + ".$1\""));
  }

  static ComputationGraph create(BertLayer layer, TrainingSettings settings, long seed) {
    layer.setIUpdater(
        new FusedAdam(
            settings.learningRate(),
            settings.adamBeta1(),
            settings.adamBeta2(),
            settings.adamEpsilon()));
    layer.setRegularization(List.of(settings.optimizer().decay(settings.weightDecay())));
    // The layer clips the gradient itself.
    layer.setGradientNormalization(GradientNormalization.None);
    layer.setGradientNormalizationThreshold(settings.maxGradientNorm());
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(DataType.FLOAT)
            // The layer's gradient is already that of a mean, and it manages its own memory.
            .miniBatch(false)
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .graphBuilder()
            .addInputs(INPUT)
            .addLayer(OUTPUT, layer, INPUT)
            .setOutputs(OUTPUT)
            .build();
    CudaCards.requireUsable();
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    return graph;
  }

  /** Sizes of a graph's encoder. */
  public static EncoderConfig encoderConfig(ComputationGraph graph) {
    return configuration(graph, BertLayer.class).encoder();
  }

  /** Names the parts of {@code graph.params()}. */
  public static ParameterLayout layout(ComputationGraph graph) {
    return configuration(graph, BertLayer.class).layout();
  }

  /**
   * Sets the seed of the dropout masks in training; the iteration determines them, too. Workers
   * that train in parallel each need their own seed. By default it is the seed that the graph was
   * created with.
   */
  public static void setDropoutSeed(ComputationGraph graph, long seed) {
    BertOutputLayer<?> layer = layer(graph, BertOutputLayer.class);
    layer.setDropoutSeed(seed);
  }

  /**
   * Sets how many sequences of a training batch are in memory at once; a larger batch runs in
   * several passes. The step is the same, except for dropout masks and rounding.
   */
  public static void setMaxSequences(ComputationGraph graph, int count) {
    BertOutputLayer<?> layer = layer(graph, BertOutputLayer.class);
    layer.setMaxSequences(count);
  }

  /** L2 norm of the last training batch's gradient, over all parameters, before clipping. */
  public static double lastGradientNorm(ComputationGraph graph) {
    BertOutputLayer<?> layer = layer(graph, BertOutputLayer.class);
    return layer.lastGradientNorm();
  }

  /**
   * Copies every parameter that both graphs have, for example a pretrained encoder into a
   * classifier.
   *
   * @return the names copied
   * @throws IllegalArgumentException if a parameter differs in shape; names both
   */
  public static List<String> copyParameters(ComputationGraph from, ComputationGraph to) {
    return copyParameters(from, to, UnaryOperator.identity());
  }

  /**
   * Copies parameters under mapped names, for example chosen layers of a teacher into a student
   * with {@link ParameterLayout#fromTeacherLayers}.
   *
   * @param sourceName maps a name of {@code to} to the name in {@code from}
   */
  public static List<String> copyParameters(
      ComputationGraph from, ComputationGraph to, UnaryOperator<String> sourceName) {
    return layout(to)
        .copy(
            to.params().reshape(to.params().length()),
            layout(from),
            from.params().reshape(from.params().length()),
            sourceName);
  }

  static <T extends BertLayer> T configuration(ComputationGraph graph, Class<T> type) {
    BertOutputLayer<?> layer = layer(graph, BertOutputLayer.class);
    return cast(layer.layerConf(), type);
  }

  static <T> T layer(ComputationGraph graph, Class<T> type) {
    return cast(graph.getOutputLayer(0), type);
  }

  private static <T> T cast(Object layer, Class<T> type) {
    if (!type.isInstance(layer)) {
      throw new BadInputException(
          "graph's output is a "
              + layer.getClass().getSimpleName()
              + ", expected a "
              + type.getSimpleName());
    }
    return type.cast(layer);
  }
}
