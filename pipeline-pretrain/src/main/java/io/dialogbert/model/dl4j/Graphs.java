package io.dialogbert.model.dl4j;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.CudaCards;
import io.dialogbert.model.kernel.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the models' computation graphs have in common. */
public final class Graphs {
  private static final String INPUT = "tokens";
  private static final String OUTPUT = "bert";

  private Graphs() {}

  /**
   * Reads a graph's configuration, written by this version or an earlier one.
   *
   * @param json DL4J's JSON
   * @throws RuntimeException if this version does not know the network
   */
  public static ComputationGraphConfiguration configuration(String json) {
    return ComputationGraphConfiguration.fromJson(FormerLayers.translate(json));
  }

  /**
   * Creates a new network as a DL4J graph. A graph serves one thread.
   *
   * @param seed seed of the initial values, and of dropout masks until {@link #setDropoutSeed}
   */
  public static ComputationGraph create(ModelConfig model, TrainingSettings settings, long seed) {
    BertLayer layer = new BertLayer(model, settings.layerDecay());
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

  /**
   * Encoder, heads and losses of a graph.
   *
   * @throws BadInputException if it is another network
   */
  public static ModelConfig model(ComputationGraph graph) {
    return layer(graph).layerConf().model();
  }

  /**
   * Encoder, heads and losses of a graph's configuration.
   *
   * @param json DL4J's JSON
   * @throws BadInputException if it is another network
   */
  public static ModelConfig model(String json) {
    ComputationGraphConfiguration configuration = configuration(json);
    if (configuration.getVertices().get(OUTPUT) instanceof LayerVertex vertex
        && vertex.getLayerConf().getLayer() instanceof BertLayer layer) {
      return layer.model();
    }
    throw new BadInputException(
        "the network's outputs are "
            + configuration.getNetworkOutputs()
            + ", expected an encoder with heads");
  }

  /** Sizes of a graph's encoder. */
  public static EncoderConfig encoderConfig(ComputationGraph graph) {
    return model(graph).encoder();
  }

  /** Names the parts of {@code graph.params()}; of any graph. */
  public static ParameterLayout layout(ComputationGraph graph) {
    if (graph.getOutputLayer(0) instanceof BertOutputLayer layer) {
      return layer.layerConf().layout();
    }
    List<ParameterLayout.Parameter> parameters = new ArrayList<>();
    for (Map.Entry<String, INDArray> entry : graph.paramTable().entrySet()) {
      INDArray view = entry.getValue();
      parameters.add(
          new ParameterLayout.Parameter(
              entry.getKey(),
              view.offset() - graph.params().offset(),
              LongStream.of(view.shape()).mapToObj(Math::toIntExact).toList()));
    }
    parameters.sort(Comparator.comparingLong(ParameterLayout.Parameter::offset));
    return ParameterLayout.of(parameters);
  }

  /** Losses and hits of a batch, without dropout. */
  public static Losses score(ComputationGraph graph, PackedBatch batch) {
    return layer(graph).score(batch);
  }

  /**
   * Outputs of a head, without dropout, with the graph's current parameters.
   *
   * @return [B][O], or [N][O] for all N tokens if the head reads tokens
   */
  public static float[][] predict(ComputationGraph graph, PackedBatch batch, String head) {
    return layer(graph).predict(batch, head);
  }

  /** Losses and hits of the last training batch, with its dropout and before its update. */
  static Losses lastLosses(ComputationGraph graph) {
    return layer(graph).lastLosses();
  }

  /**
   * Takes one optimizer step on a batch: what {@code graph.fit(BatchArrays.toDataSet(model,
   * batch))} does, without the detour through padded arrays.
   *
   * @return the losses before the step
   * @throws NonFiniteLossException if the loss or the gradient's norm is not finite
   */
  public static Losses fit(ComputationGraph graph, PackedBatch batch) {
    BertOutputLayer layer = layer(graph);
    if (graph.getGradientsViewArray() == null) {
      graph.initGradientsView();
    }
    int step = graph.getIterationCount();
    int epoch = graph.getEpochCount();
    layer.setIterationCount(step);
    layer.setEpochCount(epoch);
    layer.gradient(batch);
    INDArray flatGradient = graph.getGradientsViewArray();
    graph
        .getUpdater(true)
        .update(
            new DefaultGradient(flatGradient),
            step,
            epoch,
            batch.numSequences(),
            LayerWorkspaceMgr.noWorkspaces());
    INDArray params = graph.params();
    params.subi(flatGradient.reshape(params.shape()));
    graph.getConfiguration().setIterationCount(step + 1);
    graph.setScore(layer.score());
    return layer.lastLosses();
  }

  /**
   * Sets the seed of the dropout masks in training; the iteration determines them, too. Workers
   * that train in parallel each need their own seed. By default it is the seed that the graph was
   * created with.
   */
  public static void setDropoutSeed(ComputationGraph graph, long seed) {
    layer(graph).setDropoutSeed(seed);
  }

  /**
   * Sets how many sequences of a training batch are in memory at once; a larger batch runs in
   * several passes. The step is the same, except for dropout masks and rounding.
   */
  public static void setMaxSequences(ComputationGraph graph, int count) {
    layer(graph).setMaxSequences(count);
  }

  /**
   * Sets the precision of the matrix products; by default they are floats. With {@link
   * Precision#INT8} the graph does not train, and its parameters must not change after the first
   * batch until the next call.
   */
  public static void setPrecision(ComputationGraph graph, Precision precision) {
    layer(graph).setPrecision(precision);
  }

  /** L2 norm of the last training batch's gradient, over all parameters, before clipping. */
  public static double lastGradientNorm(ComputationGraph graph) {
    return layer(graph).lastGradientNorm();
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

  /** Copies the encoder's parameters but no head's. */
  public static List<String> copyEncoder(ComputationGraph from, ComputationGraph to) {
    ModelConfig model = model(to);
    return copyParameters(from, to, name -> model.isOfHead(name) ? "" : name);
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

  private static BertOutputLayer layer(ComputationGraph graph) {
    if (graph.getOutputLayer(0) instanceof BertOutputLayer layer) {
      return layer;
    }
    throw new BadInputException(
        "the network's output is a "
            + graph.getOutputLayer(0).getClass().getSimpleName()
            + ", expected an encoder with heads");
  }
}
