package io.dialogbert.distill.student;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Networks whose matrices are those of another one without some rows and columns. */
public final class Rebuilt {
  /** Of a network that is not trained; whoever trains it gives it others. */
  private static final TrainingSettings UNTRAINED =
      new TrainingSettings(
          new FixedSchedule(1e-4), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);

  private Rebuilt() {}

  /**
   * A network for a part of its vocabulary. It computes the same of the tokens that are left.
   *
   * @param ids the tokens' ids, ascending; their places are the new ids
   */
  public static ComputationGraph withTokens(ComputationGraph graph, int[] ids) {
    ModelConfig had = Graphs.model(graph);
    EncoderConfig encoder = had.encoder().withVocabSize(ids.length);
    List<Head> heads =
        had.heads().stream()
            .map(
                head ->
                    head.projection() == Head.Projection.TIED_DECODER
                        ? Head.maskedLm(encoder)
                        : head)
            .toList();
    ComputationGraph rebuilt =
        Graphs.create(new ModelConfig(encoder, heads, had.losses()), UNTRAINED, 0);
    ParameterLayout to = Graphs.layout(rebuilt);
    INDArray source = graph.params().reshape(graph.numParams());
    INDArray target = rebuilt.params().reshape(rebuilt.numParams());
    for (ParameterLayout.Parameter parameter : to.parameters()) {
      INDArray values = had.layout().view(source, parameter.name());
      to.view(target, parameter.name())
          .assign(
              switch (parameter.name()) {
                case ParameterLayout.WORD_EMBEDDINGS -> Units.rows(values, ids);
                case ParameterLayout.DECODER_BIAS -> Units.elements(values, ids);
                default -> values;
              });
    }
    return rebuilt;
  }

  /**
   * A network with some of its attention heads and intermediate units.
   *
   * @param heads for each layer, the heads to keep, ascending; as many in each layer
   * @param units for each layer, the intermediate units to keep, ascending; as many in each layer
   * @param settings of its further training
   * @param seed of its dropout
   */
  public static ComputationGraph withUnits(
      ComputationGraph graph,
      List<int[]> heads,
      List<int[]> units,
      TrainingSettings settings,
      long seed) {
    ModelConfig had = Graphs.model(graph);
    EncoderConfig encoder = had.encoder();
    EncoderConfig smaller =
        encoder.withShape(
            encoder.numHiddenLayers(),
            encoder.hiddenSize(),
            heads.get(0).length,
            encoder.headSize(),
            units.get(0).length);
    ComputationGraph rebuilt =
        Graphs.create(new ModelConfig(smaller, had.heads(), had.losses()), settings, seed);
    new TeacherCut(
            had,
            graph.params().reshape(graph.numParams()),
            Graphs.model(rebuilt),
            rebuilt.params().reshape(rebuilt.numParams()),
            Optional.empty())
        .fill(IntStream.range(0, encoder.numHiddenLayers()).boxed().toList(), heads, units);
    return rebuilt;
  }
}
