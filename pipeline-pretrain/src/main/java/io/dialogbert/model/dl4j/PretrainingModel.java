package io.dialogbert.model.dl4j;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.PretrainingScore;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Encoder with masked-LM and next-sentence heads as a DL4J graph. Train it with {@code
 * graph.fit(toDataSet(batch))}. A graph serves one thread.
 */
public final class PretrainingModel {
  private PretrainingModel() {}

  /**
   * Creates a new model.
   *
   * @param seed seed of the initial values, and of dropout masks until {@link
   *     Graphs#setDropoutSeed}
   */
  public static ComputationGraph create(
      EncoderConfig config, TrainingSettings settings, long seed) {
    return Graphs.create(new PretrainingLayer(config), settings, seed);
  }

  /** Converts a batch with next-sentence labels to DL4J's data set. */
  public static MultiDataSet toDataSet(PackedBatch batch) {
    return new MultiDataSet(BatchArrays.features(batch), BatchArrays.pretrainingLabels(batch));
  }

  /** Losses and hits of a batch, without dropout. */
  public static PretrainingScore score(ComputationGraph graph, PackedBatch batch) {
    return layer(graph).score(batch);
  }

  /** Losses and hits of the last training batch, with its dropout and before its update. */
  public static PretrainingScore lastTrainingScore(ComputationGraph graph) {
    return layer(graph).lastScore();
  }

  private static PretrainingOutputLayer layer(ComputationGraph graph) {
    return Graphs.layer(graph, PretrainingOutputLayer.class);
  }
}
