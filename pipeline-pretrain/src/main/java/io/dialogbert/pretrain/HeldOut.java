package io.dialogbert.pretrain;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.dl4j.PretrainingModel;
import io.dialogbert.model.head.PretrainingScore;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.HeldOutScoring;
import io.dialogbert.train.NetworkSource;
import io.dialogbert.train.PretrainingTask;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;

/** Scores a network on held-out examples; the same examples and masks each time. */
final class HeldOut {
  private final HeldOutScoring<PretrainExample, PretrainingScore> scoring;

  HeldOut(
      JavaSparkContext spark,
      PretrainingTask task,
      List<ExampleReader.Part> parts,
      long seed,
      int maxExamples) {
    this.scoring =
        new HeldOutScoring<>(
            spark,
            task,
            parts,
            seed,
            maxExamples,
            (graph, examples) -> PretrainingModel.score(graph, task.pack(examples, 0)));
  }

  PretrainingScore score(NetworkSource network, int numTasks) {
    return sum(scoring.score(network, numTasks));
  }

  /** Scores in a job that does not train. */
  PretrainingScore score(NetworkSource network) {
    return sum(scoring.score(network));
  }

  private static PretrainingScore sum(List<PretrainingScore> scores) {
    return scores.stream().reduce(PretrainingScore.ZERO, PretrainingScore::plus);
  }

  /** Losses and accuracies by name; those of next-sentence prediction only if there are pairs. */
  static Map<String, Double> values(PretrainingScore score) {
    Map<String, Double> values = new TreeMap<>(score.losses());
    values.put("mlm_accuracy", score.mlmAccuracy());
    if (score.pairs() > 0) {
      values.put("nsp_accuracy", score.nspAccuracy());
    }
    return values;
  }
}
