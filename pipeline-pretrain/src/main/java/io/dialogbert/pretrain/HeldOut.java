package io.dialogbert.pretrain;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.model.PretrainingModel;
import io.dialogbert.model.PretrainingScore;
import io.dialogbert.model.Threads;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.PretrainingTask;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Scores a network on held-out examples; the same examples and masks each time. */
final class HeldOut {
  private static final int BATCH = 64;

  private final PretrainingTask task;
  private final ExampleReader<PretrainExample> reader;
  private final long numExamples;

  HeldOut(PretrainingTask task, ExampleReader<PretrainExample> reader, int maxExamples) {
    this.task = task;
    this.reader = reader;
    this.numExamples = Math.min(maxExamples, reader.size());
  }

  PretrainingScore score(ComputationGraph graph) throws IOException {
    Threads.use(Runtime.getRuntime().availableProcessors());
    PretrainingScore score = PretrainingScore.ZERO;
    for (long from = 0; from < numExamples; from += BATCH) {
      List<PretrainExample> examples = reader.read(from, (int) Math.min(BATCH, numExamples - from));
      score = score.plus(PretrainingModel.score(graph, task.pack(examples, 0)));
    }
    return score;
  }

  /** Losses and accuracies by name; next-sentence prediction's only where there are pairs. */
  static Map<String, Double> values(PretrainingScore score) {
    Map<String, Double> values = new TreeMap<>(score.losses());
    values.put("mlm_accuracy", score.mlmAccuracy());
    if (score.pairs() > 0) {
      values.put("nsp_accuracy", score.nspAccuracy());
    }
    return values;
  }
}
