package io.dialogbert.model.dl4j;

import io.dialogbert.model.EncoderConfig;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Sizes of an RNN of stock DL4J layers, the baseline that an encoder has to beat: embeddings, a
 * bidirectional LSTM, and the maximum over its outputs as the vector of a text. A pair is read by
 * the same layers, each text alone: what is projected is both vectors, their product and the square
 * of their difference.
 *
 * @param vocabSize number of token ids
 * @param embeddingSize width of a token's embedding
 * @param hiddenSize width of each direction of the LSTM; a text's vector has twice as much
 * @param dropout share of the inputs of the LSTM and of the projection that training drops, in [0,
 *     1)
 * @see <a href="https://aclanthology.org/D17-1070/">Conneau et al. 2017, sections 3.1 and 3.2.2</a>
 */
public record RnnConfig(int vocabSize, int embeddingSize, int hiddenSize, double dropout) {
  private static final String INPUT = "tokens";

  /** Width of a text's vector. */
  public int vectorSize() {
    return 2 * hiddenSize;
  }

  /** An encoder with vectors of the same width, for heads that ask for no more than that. */
  public EncoderConfig asHeadsSeeIt() {
    return new EncoderConfig(vectorSize(), 1, 1, 1, vocabSize, 1, 1, 1, 0, 0, 0.02, 1e-12);
  }

  private LSTM lstm() {
    return new LSTM.Builder()
        .nIn(embeddingSize)
        .nOut(hiddenSize)
        .activation(Activation.TANH)
        .dropOut(retained())
        .build();
  }

  private static GlobalPoolingLayer max() {
    return new GlobalPoolingLayer.Builder(PoolingType.MAX).build();
  }

  /** DL4J's dropout takes what is kept; null for none. */
  private IDropout retained() {
    return dropout == 0 ? null : new Dropout(1 - dropout);
  }

  /**
   * Creates a network.
   *
   * @param numOutputs number of outputs for each text or pair; 0 for the vector of each text
   * @param readsPairs whether the first half of a batch are first texts, the other half their
   *     second ones
   */
  public ComputationGraph create(
      int numOutputs, boolean readsPairs, TrainingSettings settings, long seed) {
    ComputationGraphConfiguration.GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(DataType.FLOAT)
            .weightInit(WeightInit.XAVIER)
            .updater(
                new Adam.Builder()
                    .learningRateSchedule(settings.learningRate())
                    .beta1(settings.adamBeta1())
                    .beta2(settings.adamBeta2())
                    .epsilon(settings.adamEpsilon())
                    .build())
            .regularization(List.of(settings.optimizer().decay(settings.weightDecay())))
            .gradientNormalization(GradientNormalization.ClipL2PerLayer)
            .gradientNormalizationThreshold(settings.maxGradientNorm())
            // The gradient comes from outside, and is already that of a mean.
            .miniBatch(false)
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .graphBuilder()
            .addInputs(INPUT)
            .addLayer(
                "embedding",
                new EmbeddingSequenceLayer.Builder()
                    .nIn(vocabSize)
                    .nOut(embeddingSize)
                    .inferInputLength(true)
                    .build(),
                INPUT)
            // One LSTM for each direction: DL4J's bidirectional layer begins its way back in the
            // padding, where this vertex turns each text around by itself. DL4J's attention layers
            // ignore masks or fail.
            .addVertex("reversed", new ReverseTimeSeriesVertex(INPUT), "embedding")
            .addLayer("forward", lstm(), "embedding")
            .addLayer("backward", lstm(), "reversed")
            .addLayer("forward-max", max(), "forward")
            .addLayer("backward-max", max(), "backward")
            .addVertex("vector", new MergeVertex(), "forward-max", "backward-max");
    String projected = "vector";
    int width = vectorSize();
    if (readsPairs) {
      builder
          .addVertex("first", new UnstackVertex(0, 2), "vector")
          .addVertex("second", new UnstackVertex(1, 2), "vector")
          .addVertex(
              "product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "first", "second")
          .addVertex(
              "difference", new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "first", "second")
          .addVertex(
              "square",
              new ElementWiseVertex(ElementWiseVertex.Op.Product),
              "difference",
              "difference")
          .addVertex("pair", new MergeVertex(), "first", "second", "product", "square")
          .addLayer(
              "dense",
              new DenseLayer.Builder()
                  .nIn(4L * width)
                  .nOut(width)
                  .activation(Activation.TANH)
                  .build(),
              "pair");
      projected = "dense";
    }
    if (numOutputs > 0) {
      builder.addLayer(
          "output",
          new DenseLayer.Builder()
              .nIn(width)
              .nOut(numOutputs)
              .activation(Activation.IDENTITY)
              .dropOut(retained())
              .build(),
          projected);
      projected = "output";
    }
    ComputationGraph graph = new ComputationGraph(builder.setOutputs(projected).build());
    graph.init();
    return graph;
  }
}
