package io.dialogbert.model.dl4j;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import java.util.List;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained model for inference: a copy of its parameters in the layout that is fastest to read,
 * without dropout, and with one layer's buffers for all layers. Serves one caller at a time, and
 * uses all threads that {@link Threads} allows. Letters: B sequences, H hidden, O outputs.
 */
public final class InferenceModel {
  private final DataParallel networks;

  private InferenceModel(DataParallel networks) {
    this.networks = networks;
  }

  /**
   * The current model of a graph; later training does not change it.
   *
   * @param precision of the matrix products
   */
  public static InferenceModel of(ComputationGraph graph, Precision precision) {
    return new InferenceModel(
        DataParallel.frozen(
            Graphs.model(graph), graph.params().reshape(graph.numParams()), precision));
  }

  /**
   * The encoder of a graph with chosen heads.
   *
   * @param heads of the graph, or without parameters, such as those of states
   * @param precision of the matrix products
   */
  public static InferenceModel of(ComputationGraph graph, List<Head> heads, Precision precision) {
    ModelConfig model = new ModelConfig(Graphs.encoderConfig(graph), heads, List.of());
    INDArray flat = Nd4j.create(graph.params().dataType(), model.layout().length());
    model
        .layout()
        .copy(
            flat,
            Graphs.layout(graph),
            graph.params().reshape(graph.numParams()),
            UnaryOperator.identity());
    return new InferenceModel(DataParallel.frozen(model, flat, precision));
  }

  /** This model for another caller; both share the parameters. */
  public InferenceModel newSession() {
    return new InferenceModel(networks.another());
  }

  /** [B][H] pooled output: tanh of a linear map of each sequence's first token. */
  public float[][] embed(PackedBatch batch) {
    return networks.pooled(batch).toFloatMatrix();
  }

  /**
   * Outputs of a head, such as the logits of a classifier.
   *
   * @return [B][O], or [N][O] for all N tokens if the head reads tokens
   */
  public float[][] predict(PackedBatch batch, String head) {
    return networks.outputs(batch, head, DropoutSeeds.OFF).toFloatMatrix();
  }

  /**
   * Outputs of several heads that read tokens, from one pass: for the tokens that the batch has
   * classes for, else for all.
   *
   * @return [R][O] for each head
   */
  public List<float[][]> predict(PackedBatch batch, List<String> heads) {
    return networks.outputs(batch, heads);
  }

  /**
   * Outputs of a head that reads tokens, for some of them.
   *
   * @param rows packed rows, ascending; may be none
   * @return [rows][O]
   */
  public float[][] predict(PackedBatch batch, String head, int[] rows) {
    return rows.length == 0 ? new float[0][] : networks.outputs(batch, head, rows).toFloatMatrix();
  }
}
