package io.dialogbert.finetune.objective;

import io.dialogbert.common.Seeds;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.metric.Correlations;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.GroupLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Predictor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * Reply choice by a network that reads context and reply at once: a linear map of BERT's pooled
 * output scores the pair, and the own reply is to be told from a few wrong ones by the softmax over
 * their scores (Humeau et al. 2020, section 4.3). Only the order of the scores of one context is
 * learned, not their height.
 *
 * @param numNegatives maximum number of wrong replies of a context that are taken from its batch; 0
 *     to measure
 * @see <a href="https://arxiv.org/abs/1905.01969">Humeau et al. 2020, Poly-encoders</a>
 */
public record ReplyScoreObjective(TaskSpec spec, int numNegatives)
    implements ReplyChoice<RankedReply> {
  /** Name of the head. */
  public static final String HEAD = "match";

  /** Another example's reply; those of the least numbers are taken. */
  private record Drawn(long number, TaskExample of) {}

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder, List.of(Head.score(HEAD)), List.of(new GroupLoss("", HEAD, Weight.ONE)));
  }

  /** Each context with its own reply, then with wrong ones. */
  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    PackedBatch.Builder batch = PackedBatch.builder();
    int[] sizes = new int[examples.size()];
    for (int i = 0; i < sizes.length; i++) {
      TaskExample example = examples.get(i);
      List<int[]> wrong = negatives(example, examples, epoch.applyAsLong(i));
      Tasks.add(batch, spec.layout().of(example.first(), example.second()));
      wrong.forEach(reply -> Tasks.add(batch, spec.layout().of(example.first(), reply)));
      sizes[i] = 1 + wrong.size();
    }
    return batch.build().with(HEAD, new Target.Groups(sizes, new int[sizes.length]));
  }

  /**
   * The mined negative, if there is one, and then replies of the batch: of the same language, with
   * keys that differ from that of the own reply and from each other. Which they are depends on the
   * ids alone, not on the order of the batch; each epoch draws anew.
   */
  private List<int[]> negatives(TaskExample example, List<TaskExample> batch, long epoch) {
    List<int[]> negatives = new ArrayList<>();
    Set<Integer> keys = new HashSet<>(List.of(example.key()));
    if (example.negative().length > 0 && keys.add(example.negativeKey())) {
      negatives.add(example.negative());
    }
    batch.stream()
        .filter(other -> other.lang().equals(example.lang()))
        .map(
            other ->
                new Drawn(
                    Seeds.hash(epoch, "negative", example.exampleId(), other.exampleId()), other))
        .sorted(Comparator.comparingLong(Drawn::number))
        .map(Drawn::of)
        .filter(other -> keys.add(other.key()))
        .map(TaskExample::second)
        .limit(numNegatives)
        .forEach(negatives::add);
    return negatives;
  }

  /** A block: to score a context, all of its candidates must be there. */
  @Override
  public int observedTogether() {
    return RankedReply.CANDIDATES;
  }

  @Override
  public List<RankedReply> observe(Predictor<PackedBatch> network, List<TaskExample> block) {
    return block.stream().map(query -> rank(network, query, block)).toList();
  }

  /**
   * The own reply and those of other keys, each read with the context; equal scores rank before.
   */
  private RankedReply rank(
      Predictor<PackedBatch> network, TaskExample query, List<TaskExample> block) {
    PackedBatch.Builder pairs = PackedBatch.builder();
    Tasks.add(pairs, spec.layout().of(query.first(), query.second()));
    block.stream()
        .filter(other -> other.key() != query.key())
        .forEach(other -> Tasks.add(pairs, spec.layout().of(query.first(), other.second())));
    float[][] scores = network.predict(pairs.build(), HEAD);
    int rank = 0;
    for (float[] score : scores) {
      rank += score[0] >= scores[0][0] ? 1 : 0;
    }
    return new RankedReply(query.exampleId(), query.lang(), rank, List.of());
  }

  /** The rank correlation of the ranks of own replies. */
  @Override
  public double agreement(List<RankedReply> some, List<RankedReply> others) {
    return ScoredPair.defined(
        Correlations.spearman(
            some.stream().mapToDouble(RankedReply::rank).toArray(),
            others.stream().mapToDouble(RankedReply::rank).toArray()));
  }

  @Override
  public List<RankedReply> ranked(List<RankedReply> observations) {
    return observations;
  }
}
