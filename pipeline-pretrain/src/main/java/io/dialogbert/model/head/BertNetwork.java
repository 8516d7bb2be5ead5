package io.dialogbert.model.head;

import io.dialogbert.model.Encoder;
import io.dialogbert.model.EncoderGradients;
import io.dialogbert.model.EncoderParameters;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Dropout;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An encoder with its heads over one set of parameters. A training step is {@link #forward}, {@link
 * #computeLosses} and {@link #backward}, in this order. Parameters are read in every call, so
 * updates need no further call. Not thread-safe.
 */
final class BertNetwork {
  private final ModelConfig config;
  private final ParameterLayout layout;
  private final Kernels kernels;
  private final Arena arena;
  private final Encoder encoder;
  private final Map<String, HeadNetwork> heads = new LinkedHashMap<>();

  private PackedBatch batch;
  private DropoutSeeds seeds;
  private final Map<String, ActiveHead> active = new LinkedHashMap<>();

  /** A head in the current pass; its outputs turn into their gradient. */
  private static final class ActiveHead {
    private final RowPooling pooling;
    private final INDArray outputs;
    private boolean hasGradient;

    ActiveHead(RowPooling pooling, INDArray outputs) {
      this.pooling = pooling;
      this.outputs = outputs;
    }

    /** Adds a loss's gradient. */
    void add(INDArray gradient) {
      if (hasGradient) {
        outputs.addi(gradient);
      } else {
        outputs.assign(gradient);
      }
      hasGradient = true;
    }
  }

  /**
   * @param headParameters the heads' parameters by name, and the word embeddings
   */
  BertNetwork(
      ModelConfig config,
      EncoderParameters encoderParameters,
      Function<String, INDArray> headParameters,
      Kernels kernels) {
    this.config = config;
    this.layout = config.layout();
    this.kernels = kernels;
    this.arena = new Arena(encoderParameters.wordEmbeddings().dataType());
    this.encoder = new Encoder(config.encoder(), encoderParameters, kernels, arena);
    for (Head head : config.heads()) {
      heads.put(
          head.name(),
          switch (head.projection()) {
            case NONE -> new VectorHead();
            case LINEAR -> new LinearHead(head, headParameters, kernels, arena);
            case TIED_DECODER -> new MaskedLmHead(config.encoder(), headParameters, kernels, arena);
          });
    }
  }

  /** A network over a vector of its layout. */
  static BertNetwork over(ModelConfig config, INDArray flat, Kernels kernels) {
    ParameterLayout layout = config.layout();
    return new BertNetwork(
        config,
        EncoderParameters.of(config.encoder(), layout, flat),
        name -> layout.view(flat, name),
        kernels);
  }

  /**
   * Runs the encoder and each head that has a target.
   *
   * @param whole the batch that {@code part} is a part of
   * @param forTraining whether {@link #backward} will follow
   */
  void forward(PackedBatch part, PackedBatch whole, DropoutSeeds seeds, boolean forTraining) {
    encode(part, seeds, forTraining);
    for (Head head : config.heads()) {
      if (losses(whole).stream().anyMatch(loss -> loss.head().equals(head.name()))) {
        run(head, rows(part, head.name()));
      }
    }
  }

  private void encode(PackedBatch part, DropoutSeeds seeds, boolean forTraining) {
    this.batch = part;
    this.seeds = seeds;
    active.clear();
    encoder.forward(part, seeds, forTraining || config.heads().stream().anyMatch(Head::readsLayer));
  }

  private void run(Head head, Optional<int[]> rows) {
    RowPooling pooling = new RowPooling(head, batch, rows);
    if (!pooling.isEmpty()) {
      INDArray pooled = pooling.forward(encoder, kernels, arena);
      INDArray outputs = heads.get(head.name()).forward(pooled, dropout(head));
      active.put(head.name(), new ActiveHead(pooling, outputs));
    }
  }

  /**
   * Outputs of a head, in a buffer that the next call overwrites.
   *
   * @param rows packed rows for a head over tokens; empty for all tokens
   * @return [R, O]
   */
  INDArray outputs(PackedBatch batch, String head, Optional<int[]> rows, DropoutSeeds seeds) {
    if (config.head(head).pooling() == Head.Pooling.FIRST && seeds == DropoutSeeds.OFF) {
      pool(batch);
    } else {
      encode(batch, seeds, false);
    }
    run(config.head(head), rows);
    return outputs(head);
  }

  /**
   * [R][O] outputs of heads over tokens from one pass, without dropout: for the tokens that the
   * batch has classes for, else for all.
   */
  List<float[][]> outputs(PackedBatch batch, List<String> names) {
    encode(batch, DropoutSeeds.OFF, false);
    names.forEach(name -> run(config.head(name), rows(batch, name)));
    return names.stream()
        .map(name -> active.containsKey(name) ? outputs(name).toFloatMatrix() : new float[0][])
        .toList();
  }

  /** The tokens that a head is to classify, if it is not all. */
  private static Optional<int[]> rows(PackedBatch batch, String head) {
    return batch.target(head, Target.TokenClasses.class).map(Target.TokenClasses::rows);
  }

  /**
   * [B, H] pooled output, without dropout, in a buffer that the next call overwrites. Costs less
   * than {@link #encode}.
   */
  INDArray pool(PackedBatch part) {
    this.batch = part;
    this.seeds = DropoutSeeds.OFF;
    active.clear();
    encoder.forwardPooled(part);
    return encoder.pooledOutput();
  }

  /** [R, O] outputs of a head in the current pass. */
  INDArray outputs(String head) {
    return active.get(head).outputs;
  }

  /** Each head has a dropout site of its own. */
  private Dropout dropout(Head head) {
    return head.dropout()
        ? seeds.at(
            Encoder.firstFreeSite(config.encoder()) + config.heads().indexOf(head),
            config.encoder().hiddenDropoutProb())
        : Dropout.NONE;
  }

  /** The losses that have a target in a batch. */
  List<Loss> losses(PackedBatch whole) {
    return config.losses().stream().filter(loss -> loss.target(whole).isPresent()).toList();
  }

  /**
   * Computes the losses that do not need the whole batch, and the gradients of the heads' outputs.
   *
   * @param whole the batch that the current one is a part of: a loss is a mean over it
   * @param step counted from 0; weights may depend on it
   */
  Losses computeLosses(PackedBatch whole, long step) {
    Losses losses = Losses.of(batch.numSequences());
    for (String head : active.keySet()) {
      List<Loss> own =
          losses(whole).stream()
              .filter(loss -> loss.head().equals(head) && !loss.needsWholeBatch())
              .toList();
      losses = losses.plus(compute(head, own, whole, step));
    }
    return losses;
  }

  /** The first loss works in the outputs' buffer, the others in copies of it. */
  private Losses compute(String head, List<Loss> losses, PackedBatch whole, long step) {
    Losses result = Losses.ZERO;
    if (losses.isEmpty()) {
      return result;
    }
    INDArray outputs = outputs(head);
    List<INDArray> gradients = new ArrayList<>();
    for (int i = 0; i < losses.size(); i++) {
      gradients.add(
          i == 0
              ? outputs
              : arena
                  .matrix(config.head(head).buffer("copy" + i), outputs.rows(), outputs.columns())
                  .assign(outputs));
    }
    for (int i = 0; i < losses.size(); i++) {
      Loss loss = losses.get(i);
      double scale = loss.weight().at(step) / loss.count(whole);
      result = result.plus(loss.compute(kernels, arena, batch, gradients.get(i), scale));
    }
    gradients.stream().skip(1).forEach(outputs::addi);
    active.get(head).hasGradient = true;
    return result;
  }

  /**
   * Computes a loss over outputs of the whole batch.
   *
   * @param outputs [B, O]; on return, their gradient
   */
  Losses compute(Loss loss, PackedBatch whole, INDArray outputs, long step) {
    double scale = loss.weight().at(step) / loss.count(whole);
    return loss.compute(kernels, arena, whole, outputs, scale);
  }

  /** Adds a gradient of a head's outputs, which was computed over the whole batch. */
  void addGradient(String head, INDArray gradient) {
    active.get(head).add(gradient);
  }

  /**
   * Computes the contribution of the current batch to the gradient.
   *
   * @param flatGradient a vector of the layout; overwritten
   */
  void backward(INDArray flatGradient) {
    long h = config.encoder().hiddenSize();
    INDArray dSequence = arena.matrix("d.hidden", batch.numTokens(), h);
    INDArray dPooled = arena.matrix("d.pooled", batch.numSequences(), h);
    dSequence.assign(0);
    dPooled.assign(0);
    Map<Integer, INDArray> dHidden = new HashMap<>();
    Map<Integer, INDArray> dQkv = new HashMap<>();
    boolean pooled = false;
    boolean decoded = false;
    for (Head head : config.heads()) {
      ActiveHead pass = active.get(head.name());
      if (pass == null || !pass.hasGradient) {
        head.shapes(config.encoder())
            .keySet()
            .forEach(name -> layout.view(flatGradient, name).assign(0));
        continue;
      }
      INDArray dRows =
          heads.get(head.name()).backward(pass.outputs, layout, flatGradient, dropout(head));
      INDArray dTokens = dSequence;
      if (head.pooling() == Head.Pooling.QKV) {
        dTokens =
            dQkv.computeIfAbsent(
                head.layer(),
                layer -> zeros("d.qkv." + layer, 3L * config.encoder().attentionSize()));
      } else if (head.readsLayer() && head.layer() < config.encoder().numHiddenLayers()) {
        dTokens = dHidden.computeIfAbsent(head.layer(), layer -> zeros("d.hidden." + layer, h));
      }
      pass.pooling.backward(dRows, dTokens, dPooled, kernels, arena);
      pooled |= head.pooling() == Head.Pooling.FIRST;
      decoded |= head.projection() == Head.Projection.TIED_DECODER;
    }
    EncoderParameters gradients = EncoderParameters.of(config.encoder(), layout, flatGradient);
    if (!decoded) {
      gradients.wordEmbeddings().assign(0);
    }
    encoder.backward(
        new EncoderGradients(
            dSequence, pooled ? Optional.of(dPooled) : Optional.empty(), dHidden, dQkv),
        gradients);
  }

  private INDArray zeros(String slot, long columns) {
    return arena.matrix(slot, batch.numTokens(), columns).assign(0);
  }

  /** The rows themselves are the outputs. */
  private static final class VectorHead implements HeadNetwork {
    @Override
    public INDArray forward(INDArray pooled, Dropout dropout) {
      return pooled;
    }

    @Override
    public INDArray backward(
        INDArray dOutputs, ParameterLayout layout, INDArray flatGradient, Dropout dropout) {
      return dOutputs;
    }
  }
}
