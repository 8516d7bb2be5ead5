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
  private Activations.Keep keep;
  private Activations activations;

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
   * @param forTraining whether to keep what {@link #backward} needs; if false, all layers share one
   *     layer's buffers
   * @throws io.dialogbert.common.BadInputException if an id or a length does not fit the encoder
   */
  public void forward(PackedBatch batch, DropoutSeeds seeds, boolean forTraining) {
    forward(batch, seeds, forTraining ? toKeep(batch) : Activations.Keep.NOTHING);
  }

  /** Runs all layers and keeps as much of what they compute. */
  void forward(PackedBatch batch, DropoutSeeds seeds, Activations.Keep keep) {
    embed(batch, seeds, keep);
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      attend(i);
      transform(
          i,
          activations.layers().get(i),
          activations.hidden().get(i),
          activations.hidden().get(i + 1));
    }
    kernels.gatherRows(sequenceOutput(), batch.firstRows(), activations.first());
    pool();
  }

  /**
   * Computes only the pooled output, without dropout. In the last layer, everything after the
   * attention, which is most of the layer, is computed only for the first token of each sequence.
   */
  public void forwardPooled(PackedBatch batch) {
    embed(batch, DropoutSeeds.OFF, Activations.Keep.NOTHING);
    int last = config.numHiddenLayers() - 1;
    for (int i = 0; i < last; i++) {
      attend(i);
      transform(
          i,
          activations.layers().get(i),
          activations.hidden().get(i),
          activations.hidden().get(i + 1));
    }
    attend(last);
    Activations.Layer first =
        Activations.ofFirst(config, parameters.layers().get(last), batch, arena);
    INDArray hidden = arena.matrix("first.hidden", batch.numSequences(), config.hiddenSize());
    kernels.gatherRows(
        activations.layers().get(last).context(), batch.firstRows(), first.context());
    kernels.gatherRows(activations.hidden().get(last), batch.firstRows(), hidden);
    transform(last, first, hidden, activations.first());
    pool();
  }

  private void embed(PackedBatch batch, DropoutSeeds seeds, Activations.Keep keep) {
    batch.requireFits(config);
    this.batch = batch;
    this.seeds = seeds;
    this.keep = keep;
    this.activations = Activations.of(config, parameters, batch, kernels, arena, keep);
    INDArray hidden = activations.hidden().get(0);
    kernels.embed(
        List.of(
            parameters.wordEmbeddings(),
            parameters.positionEmbeddings(),
            parameters.tokenTypeEmbeddings(),
            parameters.turnEmbeddings()),
        List.of(batch.inputIds(), batch.positionIds(), batch.segmentIds(), batch.turnIds()),
        activations.embeddings());
    kernels.layerNorm(activations.embeddings(), activations.embeddingNorm(), hidden);
    kernels.dropout(hidden, hiddenDropout(0));
  }

  private void pool() {
    kernels.linearTanh(
        activations.first(), parameters.poolerWeight(), parameters.poolerBias(), pooledOutput());
  }

  /**
   * Keeps everything only while the attention probabilities are smaller than queries, keys and
   * values together. Beyond that, computing them again is cheaper than the memory, and so is the
   * rest of {@link Activations.Keep#INPUTS}.
   */
  Activations.Keep toKeep(PackedBatch batch) {
    long probs = kernels.numAttentionProbs(batch.sequenceOffsets(), config.numAttentionHeads());
    return probs > 3L * batch.numTokens() * config.attentionSize()
        ? Activations.Keep.INPUTS
        : Activations.Keep.ALL;
  }

  /**
   * [N, H] output after {@code layers} layers in the last forward pass, if it was for training: 0
   * is the output of the embeddings.
   */
  public INDArray hidden(int layers) {
    requireKept();
    INDArray hidden = activations.hidden().get(layers);
    if (keep == Activations.Keep.INPUTS && layers > 0 && layers < config.numHiddenLayers()) {
      // The layers share that buffer.
      hidden = tokens("hidden.again." + layers);
      hiddenAgain(layers, hidden);
    }
    return hidden;
  }

  /** Computes the output after {@code layers} layers from the last one's sum. */
  private void hiddenAgain(int layers, INDArray hidden) {
    Activations.Layer a = activations.layers().get(layers - 1);
    kernels.layerNorm(a.outputSum(), a.outputNorm(), hidden);
  }

  /**
   * [N, 3D] query, key and value of a layer's heads in the last forward pass, if it was for
   * training.
   */
  public INDArray qkv(int layer) {
    requireKept();
    return activations.layers().get(layer).qkv();
  }

  private void requireKept() {
    if (keep == Activations.Keep.NOTHING) {
      throw new IllegalStateException("the forward pass was not for training");
    }
  }

  /** [N, H] output of the last layer in the last forward pass. */
  public INDArray sequenceOutput() {
    return activations.hidden().get(config.numHiddenLayers());
  }

  /** [B, H] tanh of a linear map of each sequence's first token. */
  public INDArray pooledOutput() {
    return activations.pooled();
  }

  private void attend(int i) {
    EncoderParameters.Layer layer = parameters.layers().get(i);
    Activations.Layer a = activations.layers().get(i);
    kernels.linear(activations.hidden().get(i), layer.qkvWeight(), layer.qkvBias(), a.qkv());
    attention(i, a);
  }

  /**
   * Everything in a layer after the attention, row by row.
   *
   * @param hidden [R, H] the layer's input
   * @param output [R, H]
   */
  private void transform(int i, Activations.Layer a, INDArray hidden, INDArray output) {
    EncoderParameters.Layer layer = parameters.layers().get(i);
    kernels.linear(
        a.context(), layer.attentionOutputWeight(), layer.attentionOutputBias(), a.attentionSum());
    kernels.dropoutResidualLayerNorm(
        a.attentionSum(), hidden, hiddenDropout(attentionSite(i)), a.attentionNorm(), a.attended());
    INDArray activation = arena.matrix("activation", hidden.rows(), config.intermediateSize());
    kernels.linearGelu(
        a.attended(), layer.intermediateWeight(), layer.intermediateBias(), a.z(), activation);
    kernels.linear(activation, layer.outputWeight(), layer.outputBias(), a.outputSum());
    kernels.dropoutResidualLayerNorm(
        a.outputSum(), a.attended(), hiddenDropout(outputSite(i)), a.outputNorm(), output);
  }

  private void attention(int i, Activations.Layer a) {
    kernels.attention(
        a.qkv(),
        batch.sequenceOffsets(),
        config.numAttentionHeads(),
        attentionDropout(i),
        a.probs(),
        a.context());
  }

  /**
   * Computes the gradients of all encoder parameters for the last forward pass.
   *
   * @param outputs gradients of what the encoder computed
   * @param gradients overwritten, except for the word embeddings: this adds to them, because the
   *     tied decoder has already written them
   */
  public void backward(EncoderGradients outputs, EncoderParameters gradients) {
    INDArray dHidden = outputs.sequence();
    if (outputs.pooled().isPresent()) {
      poolerBackward(outputs.pooled().get(), dHidden, gradients);
    } else {
      gradients.poolerWeight().assign(0);
      gradients.poolerBias().assign(0);
    }
    for (int i = config.numHiddenLayers() - 1; i >= 0; i--) {
      layerBackward(i, dHidden, outputs, gradients.layers().get(i));
      if (outputs.hidden().containsKey(i)) {
        dHidden.addi(outputs.hidden().get(i));
      }
    }
    INDArray dSum = tokens("d.residual");
    kernels.dropout(dHidden, hiddenDropout(0));
    kernels.layerNormBackward(
        dHidden,
        activations.embeddings(),
        activations.embeddingNorm(),
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

  private void poolerBackward(INDArray dPooled, INDArray dHidden, EncoderParameters gradients) {
    INDArray dFirst = arena.matrix("d.first", batch.numSequences(), config.hiddenSize());
    kernels.tanhBackward(pooledOutput(), dPooled, dPooled);
    kernels.linearBackwardWeight(
        activations.first(), dPooled, gradients.poolerWeight(), gradients.poolerBias());
    kernels.linearBackwardInput(dPooled, parameters.poolerWeight(), dFirst);
    kernels.scatterAddRows(dFirst, batch.firstRows(), dHidden);
  }

  /** Turns {@code dHidden} from the gradient of layer i's output into the gradient of its input. */
  private void layerBackward(
      int i, INDArray dHidden, EncoderGradients outputs, EncoderParameters.Layer gradient) {
    EncoderParameters.Layer layer = parameters.layers().get(i);
    Activations.Layer a = activations.layers().get(i);
    INDArray dSublayer = tokens("d.sublayer");
    INDArray dAttended = tokens("d.residual");
    // Recomputes the activation first, as it was not kept; then computes its gradient.
    INDArray activation = wide("activation", config.intermediateSize());

    kernels.dropoutResidualLayerNormBackward(
        dHidden,
        a.outputSum(),
        hiddenDropout(outputSite(i)),
        a.outputNorm(),
        dSublayer,
        dAttended,
        gradient.outputNormWeight(),
        gradient.outputNormBias());
    if (keep == Activations.Keep.INPUTS) {
      computeAgain(i, a);
    }
    kernels.gelu(a.z(), activation);
    kernels.linearBackwardWeight(
        activation, dSublayer, gradient.outputWeight(), gradient.outputBias());
    kernels.linearBackwardInput(dSublayer, layer.outputWeight(), activation);
    kernels.geluBackward(a.z(), activation, activation);
    kernels.linearBackwardWeight(
        a.attended(), activation, gradient.intermediateWeight(), gradient.intermediateBias());
    kernels.linearBackwardInputAdd(activation, layer.intermediateWeight(), dAttended);

    kernels.dropoutResidualLayerNormBackward(
        dAttended,
        a.attentionSum(),
        hiddenDropout(attentionSite(i)),
        a.attentionNorm(),
        dSublayer,
        dHidden,
        gradient.attentionNormWeight(),
        gradient.attentionNormBias());
    kernels.linearBackwardWeight(
        a.context(), dSublayer, gradient.attentionOutputWeight(), gradient.attentionOutputBias());
    // From here on, the last gradients in their buffers are no longer needed.
    INDArray dContext = wide("d.residual", config.attentionSize());
    INDArray dQkv = wide("activation", 3 * config.attentionSize());
    kernels.linearBackwardInput(dSublayer, layer.attentionOutputWeight(), dContext);
    kernels.attentionBackward(
        a.qkv(),
        batch.sequenceOffsets(),
        config.numAttentionHeads(),
        attentionDropout(i),
        a.probs(),
        dContext,
        dQkv);
    if (outputs.qkv().containsKey(i)) {
      dQkv.addi(outputs.qkv().get(i));
    }
    kernels.linearBackwardWeight(
        activations.hidden().get(i), dQkv, gradient.qkvWeight(), gradient.qkvBias());
    kernels.linearBackwardInputAdd(dQkv, layer.qkvWeight(), dHidden);
  }

  /** Recomputes what the layers share, since a later layer has overwritten it. */
  private void computeAgain(int i, Activations.Layer a) {
    if (i > 0) {
      hiddenAgain(i, activations.hidden().get(i));
    }
    attention(i, a);
    kernels.layerNorm(a.attentionSum(), a.attentionNorm(), a.attended());
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

  private INDArray tokens(String slot) {
    return wide(slot, config.hiddenSize());
  }

  private INDArray wide(String slot, int columns) {
    return arena.matrix(slot, batch.numTokens(), columns);
  }
}
