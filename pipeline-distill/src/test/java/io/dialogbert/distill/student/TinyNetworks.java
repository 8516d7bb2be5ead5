package io.dialogbert.distill.student;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Precision;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Networks of a few random parameters. */
final class TinyNetworks {
  static final TrainingSettings SETTINGS =
      new TrainingSettings(
          new FixedSchedule(0.01), 0, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);

  private static final long SEED = Long.getLong("tests.seed", 20191029L);

  private TinyNetworks() {}

  /** H, layers, A, I; 23 tokens, 12 positions. */
  static EncoderConfig encoder(int hidden, int layers, int heads, int intermediate) {
    return new EncoderConfig(
        hidden, layers, heads, intermediate, 23, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12);
  }

  /** Heads that read the pooled output, tokens, two marked tokens, and their mean. */
  static ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder,
        List.of(
            Head.classifier(Head.CLASSIFIER, ClassSet.unnamed("classes", 4)),
            Head.tokenClassifier("tags", ClassSet.unnamed("tags", 3)),
            new Head(
                "relation",
                Head.Pooling.MARKED,
                Head.Projection.LINEAR,
                ClassSet.unnamed("relations", 5),
                false),
            Head.meanVector("vector")),
        List.of(new ClassLoss("", Head.CLASSIFIER, Weight.ONE)));
  }

  /** A network whose parameters are all random; the weights of a layer normalization are equal. */
  static ComputationGraph random(ModelConfig model) {
    ComputationGraph graph = Graphs.create(model, SETTINGS, SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (ParameterLayout.Parameter parameter : model.layout().parameters()) {
      INDArray view = view(graph, parameter.name());
      if (parameter.name().endsWith("LayerNorm.weight")) {
        view.assign(random.nextDouble(0.5, 1.5));
      } else {
        view.assign(
            Nd4j.createFromArray(random.doubles(parameter.length(), -0.7, 0.7).toArray())
                .reshape(view.shape()));
      }
    }
    return graph;
  }

  /** One parameter. */
  static INDArray view(ComputationGraph graph, String name) {
    return Graphs.layout(graph).view(graph.params().reshape(graph.numParams()), name);
  }

  /** Outputs of a head for three sequences. */
  static float[][] outputs(ComputationGraph graph, String head) {
    PackedBatch.Builder batch = PackedBatch.builder();
    batch.add(new int[] {2, 7, 9, 3}, new int[4], new int[] {0, 0, 1, 1});
    batch.add(new int[] {2, 22, 3, 11, 12, 3}, new int[] {0, 0, 0, 1, 1, 1}, new int[6]);
    batch.add(new int[] {2, 3}, new int[2], new int[2]);
    PackedBatch sequences = batch.build();
    return InferenceModel.of(graph, Precision.FLOAT32)
        .predict(
            head.equals("relation")
                ? sequences.withMarks(new int[] {1, 2, 5, 7, 10, 11})
                : sequences,
            head);
  }
}
