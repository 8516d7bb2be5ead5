package io.dialogbert.model;

import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Dropout;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Post-layer-norm BERT over packed tokens, with explicit forward and backward passes. Letters: N
 * tokens, B sequences, H hidden, I intermediate, A heads.
 *
 * <p>A forward pass keeps its activations in buffers that the next one overwrites; {@link
 * #backward} uses the activations of the last forward pass. Not thread-safe.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2019</a>
 */
public final class Encoder {
  private static final int SITES_PER_LAYER = 3;

  private final EncoderConfig config;
  private final EncoderParameters parameters;
  private final Kernels kernels;
  private final Arena arena;

  private PackedBatch batch;
  private DropoutSeeds seeds;
  private boolean keep;

  /**
   * @param parameters read in every pass, so updates need no further call
   */
  public Encoder(EncoderConfig config, EncoderParameters parameters, Kernels kernels, Arena arena) {
    this.config = config;
    this.parameters = parameters;
    this.kernels = kernels;
    this.arena = arena;
  }

  /**
   * First dropout site number that the encoder does not use; heads number their sites from here.
   */
  public static int firstFreeSite(EncoderConfig config) {
    return 1 + SITES_PER_LAYER * config.numHiddenLayers();
  }

  /**
   * Runs all layers.
   *
   * @param keep whether to keep what {@link #backward} needs; if false, all layers share one
   *     layer's buffers
   * @throws io.dialogbert.common.BadInputException if an id or a length does not fit the encoder
   */
  public void forward(PackedBatch batch, DropoutSeeds seeds, boolean keep) {
    batch.requireFits(config);
    this.batch = batch;
    this.seeds = seeds;
    this.keep = keep;
    INDArray sum = tokens("embeddings.sum");
    kernels.embed(
        List.of(
            parameters.wordEmbeddings(),
            parameters.positionEmbeddings(),
            parameters.tokenTypeEmbeddings(),
            parameters.turnEmbeddings()),
        List.of(batch.inputIds(), batch.positionIds(), batch.segmentIds(), batch.turnIds()),
        sum);
    INDArray hidden = hidden(0);
    kernels.layerNorm(sum, embeddingNorm(), hidden);
    kernels.dropout(hidden, hiddenDropout(0));
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layerForward(i, hidden(i), hidden(i + 1));
    }
    INDArray first = sequences("pooler.first");
    kernels.gatherRows(sequenceOutput(), batch.firstRows(), first);
    kernels.linearTanh(first, parameters.poolerWeight(), parameters.poolerBias(), pooledOutput());
  }

  /** [N, H] output of the last layer in the last forward pass. */
  public INDArray sequenceOutput() {
    return hidden(config.numHiddenLayers());
  }

  /** [B, H] tanh of a linear map of each sequence's first token. */
  public INDArray pooledOutput() {
    return sequences("pooler.output");
  }

  private void layerForward(int i, INDArray hidden, INDArray output) {
    EncoderParameters.Layer layer = parameters.layers().get(i);
    INDArray qkv = wide(slot(i) + ".qkv", 3 * config.hiddenSize());
    kernels.linear(hidden, layer.qkvWeight(), layer.qkvBias(), qkv);
    INDArray context = tokens(slot(i) + ".context");
    kernels.attention(
        qkv,
        batch.sequenceOffsets(),
        config.numAttentionHeads(),
        attentionDropout(i),
        probs(i),
        context);
    INDArray attentionSum = tokens(slot(i) + ".attentionSum");
    INDArray attended = tokens(slot(i) + ".attended");
    kernels.linear(
        context, layer.attentionOutputWeight(), layer.attentionOutputBias(), attentionSum);
    kernels.dropoutResidualLayerNorm(
        attentionSum, hidden, hiddenDropout(attentionSite(i)), attentionNorm(i), attended);
    INDArray z = wide(slot(i) + ".z", config.intermediateSize());
    INDArray activation = wide("activation", config.intermediateSize());
    kernels.linearGelu(
        attended, layer.intermediateWeight(), layer.intermediateBias(), z, activation);
    INDArray outputSum = tokens(slot(i) + ".outputSum");
    kernels.linear(activation, layer.outputWeight(), layer.outputBias(), outputSum);
    kernels.dropoutResidualLayerNorm(
        outputSum, attended, hiddenDropout(outputSite(i)), outputNorm(i), output);
  }

  /**
   * Computes the gradients of all encoder parameters for the last forward pass.
   *
   * @param dSequence [N, H] gradient of {@link #sequenceOutput} from the heads, without the
   *     pooler's share; overwritten
   * @param dPooled [B, H] gradient of {@link #pooledOutput}; overwritten
   * @param gradients overwritten, except for the word embeddings: this adds to them, because the
   *     tied decoder has already written them
   */
  public void backward(INDArray dSequence, INDArray dPooled, EncoderParameters gradients) {
    INDArray dFirst = sequences("pooler.dFirst");
    kernels.tanhBackward(pooledOutput(), dPooled, dPooled);
    kernels.linearBackwardWeight(
        sequences("pooler.first"), dPooled, gradients.poolerWeight(), gradients.poolerBias());
    kernels.linearBackwardInput(dPooled, parameters.poolerWeight(), dFirst);
    kernels.scatterAddRows(dFirst, batch.firstRows(), dSequence);
    for (int i = config.numHiddenLayers() - 1; i >= 0; i--) {
      layerBackward(i, dSequence, gradients.layers().get(i));
    }
    INDArray dSum = tokens("d.residual");
    kernels.dropout(dSequence, hiddenDropout(0));
    kernels.layerNormBackward(
        dSequence,
        tokens("embeddings.sum"),
        embeddingNorm(),
        dSum,
        gradients.normWeight(),
        gradients.normBias());
    gradients.positionEmbeddings().assign(0);
    gradients.tokenTypeEmbeddings().assign(0);
    gradients.turnEmbeddings().assign(0);
    kernels.scatterAddRows(dSum, batch.inputIds(), gradients.wordEmbeddings());
    kernels.scatterAddRows(dSum, batch.positionIds(), gradients.positionEmbeddings());
    kernels.scatterAddRows(dSum, batch.segmentIds(), gradients.tokenTypeEmbeddings());
    kernels.scatterAddRows(dSum, batch.turnIds(), gradients.turnEmbeddings());
  }

  /** Turns {@code dHidden} from the gradient of layer i's output into the gradient of its input. */
  private void layerBackward(int i, INDArray dHidden, EncoderParameters.Layer gradient) {
    EncoderParameters.Layer layer = parameters.layers().get(i);
    INDArray dSublayer = tokens("d.sublayer");
    INDArray dAttended = tokens("d.residual");
    INDArray z = wide(slot(i) + ".z", config.intermediateSize());
    // Recomputes the activation first, as it was not kept; then computes its gradient.
    INDArray activation = wide("activation", config.intermediateSize());
    INDArray dQkv = wide("d.qkv", 3 * config.hiddenSize());
    INDArray dContext = tokens("d.context");

    kernels.dropoutResidualLayerNormBackward(
        dHidden,
        tokens(slot(i) + ".outputSum"),
        hiddenDropout(outputSite(i)),
        outputNorm(i),
        dSublayer,
        dAttended,
        gradient.outputNormWeight(),
        gradient.outputNormBias());
    kernels.gelu(z, activation);
    kernels.linearBackwardWeight(
        activation, dSublayer, gradient.outputWeight(), gradient.outputBias());
    kernels.linearBackwardInput(dSublayer, layer.outputWeight(), activation);
    kernels.geluBackward(z, activation, activation);
    kernels.linearBackwardWeight(
        tokens(slot(i) + ".attended"),
        activation,
        gradient.intermediateWeight(),
        gradient.intermediateBias());
    kernels.linearBackwardInputAdd(activation, layer.intermediateWeight(), dAttended);

    kernels.dropoutResidualLayerNormBackward(
        dAttended,
        tokens(slot(i) + ".attentionSum"),
        hiddenDropout(attentionSite(i)),
        attentionNorm(i),
        dSublayer,
        dHidden,
        gradient.attentionNormWeight(),
        gradient.attentionNormBias());
    kernels.linearBackwardWeight(
        tokens(slot(i) + ".context"),
        dSublayer,
        gradient.attentionOutputWeight(),
        gradient.attentionOutputBias());
    kernels.linearBackwardInput(dSublayer, layer.attentionOutputWeight(), dContext);
    kernels.attentionBackward(
        wide(slot(i) + ".qkv", 3 * config.hiddenSize()),
        batch.sequenceOffsets(),
        config.numAttentionHeads(),
        attentionDropout(i),
        probs(i),
        dContext,
        dQkv);
    kernels.linearBackwardWeight(hidden(i), dQkv, gradient.qkvWeight(), gradient.qkvBias());
    kernels.linearBackwardInputAdd(dQkv, layer.qkvWeight(), dHidden);
  }

  private Dropout attentionDropout(int layer) {
    return seeds.at(1 + SITES_PER_LAYER * layer, config.attentionProbsDropoutProb());
  }

  private static int attentionSite(int layer) {
    return 2 + SITES_PER_LAYER * layer;
  }

  private static int outputSite(int layer) {
    return 3 + SITES_PER_LAYER * layer;
  }

  private Dropout hiddenDropout(int site) {
    return seeds.at(site, config.hiddenDropoutProb());
  }

  private Kernels.Norm embeddingNorm() {
    return norm("embeddings", parameters.normWeight(), parameters.normBias());
  }

  private Kernels.Norm attentionNorm(int i) {
    EncoderParameters.Layer layer = parameters.layers().get(i);
    return norm(slot(i) + ".attention", layer.attentionNormWeight(), layer.attentionNormBias());
  }

  private Kernels.Norm outputNorm(int i) {
    EncoderParameters.Layer layer = parameters.layers().get(i);
    return norm(slot(i) + ".output", layer.outputNormWeight(), layer.outputNormBias());
  }

  private Kernels.Norm norm(String slot, INDArray weight, INDArray bias) {
    return new Kernels.Norm(
        weight,
        bias,
        config.layerNormEps(),
        arena.vector(slot + ".mean", batch.numTokens()),
        arena.vector(slot + ".variance", batch.numTokens()));
  }

  private INDArray probs(int layer) {
    return arena.vector(
        slot(layer) + ".probs",
        kernels.numAttentionProbs(batch.sequenceOffsets(), config.numAttentionHeads()));
  }

  /** Input of layer i, output of layer i - 1. */
  private INDArray hidden(int i) {
    return tokens("hidden." + (keep ? i : i % 2));
  }

  private int slot(int layer) {
    return keep ? layer : 0;
  }

  private INDArray tokens(String slot) {
    return wide(slot, config.hiddenSize());
  }

  private INDArray wide(String slot, int columns) {
    return arena.matrix(slot, batch.numTokens(), columns);
  }

  private INDArray sequences(String slot) {
    return arena.matrix(slot, batch.numSequences(), config.hiddenSize());
  }
}
