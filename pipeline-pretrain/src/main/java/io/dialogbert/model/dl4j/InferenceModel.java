package io.dialogbert.model.dl4j;

import io.dialogbert.model.DataParallel;
import io.dialogbert.model.Encoder;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.EncoderParameters;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Threads;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained model for inference: a copy of its parameters in the layout that is fastest to read,
 * without dropout, and with one layer's buffers for all layers. Serves one caller at a time, and
 * uses all threads that {@link Threads} allows. Letters: B sequences, H hidden, C classes.
 */
public final class InferenceModel {
  private final Supplier<Part> newPart;
  private final DataParallel<Part> parts;

  private InferenceModel(Supplier<Part> newPart) {
    this.newPart = newPart;
    this.parts = new DataParallel<>(newPart);
  }

  /** The current model of a graph; later training does not change it. */
  public static InferenceModel of(ComputationGraph graph) {
    BertLayer layer = Graphs.configuration(graph, BertLayer.class);
    ParameterLayout layout = layer.layout();
    INDArray flat = graph.params().reshape(graph.params().length());
    EncoderParameters parameters = EncoderParameters.of(layer.encoder(), layout, flat).frozen();
    INDArray weight = layout.view(flat, layer.sequenceHead() + ".weight").dup();
    INDArray bias = layout.view(flat, layer.sequenceHead() + ".bias").dup();
    return new InferenceModel(() -> new Part(layer.encoder(), parameters, weight, bias));
  }

  /** This model for another caller; both share the parameters. */
  public InferenceModel newSession() {
    return new InferenceModel(newPart);
  }

  /** [B][H] pooled output: tanh of a linear map of each sequence's first token. */
  public float[][] embed(PackedBatch batch) {
    return rows(parts.run(batch, (part, sequences, i) -> part.pooled(sequences).toFloatMatrix()));
  }

  /** [B][C] logits: next-sentence logits of a pretrained model, class logits of a classifier. */
  public float[][] predict(PackedBatch batch) {
    return rows(parts.run(batch, (part, sequences, i) -> part.logits(sequences).toFloatMatrix()));
  }

  private static float[][] rows(List<float[][]> parts) {
    return parts.stream().flatMap(Stream::of).toArray(float[][]::new);
  }

  /** What one thread works on. */
  private static final class Part {
    private final Kernels kernels;
    private final Arena arena;
    private final Encoder encoder;
    private final INDArray weight;
    private final INDArray bias;

    Part(EncoderConfig config, EncoderParameters parameters, INDArray weight, INDArray bias) {
      this.kernels = Kernels.create(weight.dataType());
      this.arena = new Arena(weight.dataType());
      this.encoder = new Encoder(config, parameters, kernels, arena);
      this.weight = weight;
      this.bias = bias;
    }

    INDArray pooled(PackedBatch batch) {
      encoder.forward(batch, DropoutSeeds.OFF, false);
      return encoder.pooledOutput();
    }

    INDArray logits(PackedBatch batch) {
      INDArray pooled = pooled(batch);
      INDArray logits = arena.matrix("logits", batch.numSequences(), weight.rows());
      kernels.linear(pooled, weight, bias, logits);
      return logits;
    }
  }
}
