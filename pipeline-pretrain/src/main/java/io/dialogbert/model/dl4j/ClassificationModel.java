package io.dialogbert.model.dl4j;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.ClassificationScore;
import io.dialogbert.model.head.DistillationLoss;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Encoder with a classifier over the pooled output as a DL4J graph. Train it with {@code
 * graph.fit(toDataSet(batch))}. A graph serves one thread. Letters: B sequences, C classes.
 */
public final class ClassificationModel {
  private ClassificationModel() {}

  /**
   * Creates a model that learns from labels. Its encoder is untrained; {@link
   * Graphs#copyParameters} copies a pretrained one into it.
   *
   * @param seed seed of the initial values, and of dropout masks until {@link
   *     Graphs#setDropoutSeed}
   */
  public static ComputationGraph create(
      EncoderConfig config, ClassSet classes, TrainingSettings settings, long seed) {
    return create(config, classes, DistillationLoss.LABELS_ONLY, settings, seed);
  }

  /** Creates a model that learns from labels and from a teacher's logits. */
  public static ComputationGraph create(
      EncoderConfig config,
      ClassSet classes,
      DistillationLoss loss,
      TrainingSettings settings,
      long seed) {
    return Graphs.create(new ClassificationLayer(config, classes, loss), settings, seed);
  }

  /**
   * The classes of a graph's classifier; empty without a classifier, as in a pretrained encoder.
   */
  public static Optional<ClassSet> classes(ComputationGraph graph) {
    return Graphs.configuration(graph, BertLayer.class) instanceof ClassificationLayer layer
        ? Optional.of(layer.classes())
        : Optional.empty();
  }

  /** Whether a graph's loss includes the teacher's outputs. */
  public static boolean learnsFromTeacher(ComputationGraph graph) {
    return Graphs.configuration(graph, ClassificationLayer.class).distillationLoss().usesTeacher();
  }

  /** Copies every parameter that both graphs have, except the classifier's. */
  public static void copyEncoder(ComputationGraph from, ComputationGraph to) {
    Graphs.copyParameters(
        from, to, name -> name.startsWith(ClassificationLayer.HEAD + ".") ? "" : name);
  }

  /** Converts a batch with class labels, and teacher logits if present, to DL4J's data set. */
  public static MultiDataSet toDataSet(PackedBatch batch) {
    return new MultiDataSet(BatchArrays.features(batch), BatchArrays.classificationLabels(batch));
  }

  /** Losses and hits of a batch, without dropout. */
  public static ClassificationScore score(ComputationGraph graph, PackedBatch batch) {
    return layer(graph).score(batch);
  }

  /** Losses and hits of the last training batch, with its dropout and before its update. */
  public static ClassificationScore lastTrainingScore(ComputationGraph graph) {
    return layer(graph).lastScore();
  }

  private static ClassificationOutputLayer layer(ComputationGraph graph) {
    return Graphs.layer(graph, ClassificationOutputLayer.class);
  }
}
