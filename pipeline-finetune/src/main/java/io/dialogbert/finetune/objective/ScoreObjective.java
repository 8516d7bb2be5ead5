package io.dialogbert.finetune.objective;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.ScoreLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Predictor;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The similarity of a pair, read from both texts at once: a linear map of BERT's pooled output and
 * squared error, as for STS-B (Devlin et al. 2019, section 4.1). Scores are learned in [0, 1].
 */
public record ScoreObjective(TaskSpec spec) implements ScoredPairObjective {
  /** Name of the head. */
  public static final String HEAD = "score";

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder, List.of(Head.score(HEAD)), List.of(new ScoreLoss("", HEAD, Weight.ONE)));
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    return Tasks.pack(spec, examples)
        .with(HEAD, new Target.Scores(Tasks.scaledScores(spec, examples)));
  }

  @Override
  public List<ScoredPair> observe(Predictor<PackedBatch> network, List<TaskExample> examples) {
    float[][] outputs = network.predict(Tasks.pack(spec, examples), HEAD);
    float[] scores = Tasks.scaledScores(spec, examples);
    return IntStream.range(0, scores.length)
        .mapToObj(i -> ScoredPair.of(examples.get(i).exampleId(), scores[i], outputs[i][0]))
        .toList();
  }
}
