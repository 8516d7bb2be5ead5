package io.dialogbert.finetune.objective;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.metric.Correlations;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Predictor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;

/**
 * Reply choice by sentence vectors: a context's own reply is to be nearer than the other replies of
 * its batch (Henderson et al. 2017, section 4.4), and than the mined negatives of all its examples.
 *
 * @param loss of in-batch negatives
 */
public record ReplyObjective(TaskSpec spec, Loss loss)
    implements ReplyChoice<ReplyObjective.Match> {
  /**
   * A context and its reply.
   *
   * @param key pairs of equal keys have replies that count as equal
   * @param query unit vector of the context
   * @param reply unit vector of the reply
   */
  public record Match(String exampleId, String lang, int key, float[] query, float[] reply)
      implements Serializable {}

  @Override
  public ModelConfig model(EncoderConfig encoder) {
    return new ModelConfig(
        encoder, List.of(Head.meanVector(SentenceVectorObjective.HEAD)), List.of(loss));
  }

  @Override
  public PackedBatch batch(List<TaskExample> examples, IntToLongFunction epoch) {
    int[] keys = examples.stream().mapToInt(TaskExample::key).toArray();
    int[] negativeKeys =
        examples.stream()
            .filter(example -> example.negative().length > 0)
            .mapToInt(TaskExample::negativeKey)
            .toArray();
    return Tasks.packWithNegatives(spec, examples)
        .with(SentenceVectorObjective.HEAD, new Target.Pairs(keys, negativeKeys));
  }

  @Override
  public List<Match> observe(Predictor<PackedBatch> network, List<TaskExample> examples) {
    float[][] vectors =
        network.predict(Tasks.packApart(spec, examples), SentenceVectorObjective.HEAD);
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      TaskExample example = examples.get(i);
      matches.add(
          new Match(
              example.exampleId(),
              example.lang(),
              example.key(),
              Vectors.direction(vectors[2 * i]),
              Vectors.direction(vectors[2 * i + 1])));
    }
    return matches;
  }

  @Override
  public List<Integer> widths() {
    return loss.prefixes();
  }

  /** The rank correlation of the cosines of contexts and their own replies. */
  @Override
  public double agreement(List<Match> some, List<Match> others) {
    return ScoredPair.defined(Correlations.spearman(cosines(some), cosines(others)));
  }

  private static double[] cosines(List<Match> matches) {
    return matches.stream()
        .mapToDouble(match -> Vectors.dot(match.query(), match.reply()))
        .toArray();
  }

  @Override
  public OptionalDouble vectorVariance(List<Match> matches) {
    return OptionalDouble.of(
        Vectors.variance(
            matches.stream().flatMap(match -> Stream.of(match.query(), match.reply())).toList()));
  }

  @Override
  public List<RankedReply> ranked(List<Match> matches) {
    Map<String, List<Match>> byLanguage = new TreeMap<>();
    matches.forEach(
        match -> byLanguage.computeIfAbsent(match.lang(), lang -> new ArrayList<>()).add(match));
    List<RankedReply> ranked = new ArrayList<>();
    for (List<Match> ofLanguage : byLanguage.values()) {
      List<Integer> ranks = ranks(ofLanguage, Vectors::dot);
      List<List<Integer>> byPrefix =
          loss.prefixes().stream()
              .map(width -> ranks(ofLanguage, (a, b) -> Vectors.cosine(a, b, width)))
              .toList();
      for (int i = 0; i < ranks.size(); i++) {
        int place = i;
        Match match = ofLanguage.get(i);
        ranked.add(
            new RankedReply(
                match.exampleId(),
                match.lang(),
                ranks.get(i),
                byPrefix.stream().map(ofPrefix -> ofPrefix.get(place)).toList()));
      }
    }
    return ranked;
  }

  /** Rank of the own reply of each query of a complete block, from 1; equal cosines rank before. */
  static List<Integer> ranks(List<Match> matches, ToDoubleBiFunction<float[], float[]> similarity) {
    List<Integer> ranks = new ArrayList<>();
    for (int from = 0;
        from + RankedReply.CANDIDATES <= matches.size();
        from += RankedReply.CANDIDATES) {
      List<Match> block = matches.subList(from, from + RankedReply.CANDIDATES);
      for (Match query : block) {
        double own = similarity.applyAsDouble(query.query(), query.reply());
        ranks.add(
            1
                + (int)
                    block.stream()
                        .filter(other -> other.key() != query.key())
                        .filter(
                            other -> similarity.applyAsDouble(query.query(), other.reply()) >= own)
                        .count());
      }
    }
    return ranks;
  }
}
