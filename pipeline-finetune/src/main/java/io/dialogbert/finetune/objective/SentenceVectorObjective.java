package io.dialogbert.finetune.objective;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntToLongFunction;

/**
 * The similarity of a pair as the cosine of two sentence vectors, each read from its text alone
 * (Reimers and Gurevych 2019).
 *
 * @param loss compares cosines to scores between 0 and 1
 */
public record SentenceVectorObjective(TaskSpec spec, Loss loss) implements ScoredPairObjective {
  /** Name of the head that makes sentence vectors. */
  public static final String HEAD = "vector";

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(encoder, List.of(Head.meanVector(HEAD)), List.of(loss));
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    return Tasks.packApart(spec, examples)
        .with(HEAD, new Target.GradedPairs(Tasks.scaledScores(spec, examples)));
  }

  @Override
  public List<ScoredPair> observe(Predictor<PackedBatch> network, List<TaskExample> examples) {
    float[][] vectors = network.predict(Tasks.packApart(spec, examples), HEAD);
    float[] scores = Tasks.scaledScores(spec, examples);
    List<ScoredPair> pairs = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      float[] first = vectors[2 * i];
      float[] second = vectors[2 * i + 1];
      pairs.add(
          new ScoredPair(
              examples.get(i).exampleId(),
              scores[i],
              Vectors.cosine(first, second),
              loss.prefixes().stream().map(width -> Vectors.cosine(first, second, width)).toList(),
              Vectors.mean(List.of(Vectors.direction(first), Vectors.direction(second)))));
    }
    return pairs;
  }

  @Override
  public OptionalDouble vectorVariance(List<ScoredPair> pairs) {
    return OptionalDouble.of(Vectors.variance(pairs.stream().map(ScoredPair::direction).toList()));
  }

  /** Also {@code spearman_width_w} of each prefix that learned. */
  @Override
  public Map<String, Double> figures(List<ScoredPair> pairs) {
    return ScoredPair.figures(pairs, loss.prefixes());
  }
}
