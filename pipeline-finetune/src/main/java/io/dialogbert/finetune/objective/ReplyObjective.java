package io.dialogbert.finetune.objective;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.metric.Ranks;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.Trainer;
import io.dialogbert.train.run.Selection;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.function.ToDoubleBiFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reply choice by sentence vectors: a context's own reply is to be nearer than the other replies of
 * its batch (Henderson et al. 2017, section 4.4), and than the mined negatives of all its examples.
 *
 * @param loss of in-batch negatives
 */
public record ReplyObjective(TaskSpec spec, Loss loss) implements Objective<ReplyObjective.Match> {
  /** Candidates of a query in an evaluation (Henderson et al. 2019, section 4). */
  static final int CANDIDATES = 100;

  /** The figure that selects the best step. */
  private static final String RECALL = "r100_at_1";

  /**
   * A context and its reply.
   *
   * @param key pairs of equal keys have replies that count as equal
   * @param query unit vector of the context
   * @param reply unit vector of the reply
   */
  public record Match(String exampleId, String lang, int key, float[] query, float[] reply)
      implements Serializable {}

  /**
   * A context and the rank of its reply.
   *
   * @param rank from 1
   * @param byPrefix the ranks by prefixes of the vectors, in order of their widths
   */
  private record RankedQuery(String exampleId, String lang, int rank, List<Integer> byPrefix) {}

  private static final StructType SCHEMA =
      new StructType()
          .add("example_id", DataTypes.StringType, false)
          .add("lang", DataTypes.StringType, false)
          .add("rank", DataTypes.IntegerType, false);

  private static final RowMapping<RankedQuery> MAPPING =
      new RowMapping.Builder<RankedQuery>(SCHEMA)
          .set("example_id", RankedQuery::exampleId)
          .set("lang", RankedQuery::lang)
          .set("rank", RankedQuery::rank)
          .build();

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
  public List<Match> observe(Trainer<PackedBatch> network, List<TaskExample> examples) {
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

  /**
   * Recall and ranks of the own reply among {@value #CANDIDATES}, those of the same block of
   * examples; each language apart, and their mean over all queries. An incomplete last block is
   * left out, and so are candidates that equal the own reply. Also {@code r100_at_1_width_w} of
   * each prefix that learned.
   */
  @Override
  public Map<String, Double> figures(List<Match> matches) {
    return figuresOfRanks(rankedQueries(matches));
  }

  @Override
  public Optional<String> comparison() {
    return Optional.of(
        "each reply among those of a block of "
            + CANDIDATES
            + " examples of its language, in random order, without those of its key");
  }

  /** Draws queries; their candidates stay. */
  @Override
  public Function<SplittableRandom, Map<String, Double>> resampler(List<Match> matches) {
    List<RankedQuery> ranked = rankedQueries(matches);
    return random -> figuresOfRanks(Objective.resample(ranked, random));
  }

  /** The queries of complete blocks, languages apart. */
  private List<RankedQuery> rankedQueries(List<Match> matches) {
    Map<String, List<Match>> byLanguage = new TreeMap<>();
    matches.forEach(
        match -> byLanguage.computeIfAbsent(match.lang(), lang -> new ArrayList<>()).add(match));
    List<RankedQuery> ranked = new ArrayList<>();
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
            new RankedQuery(
                match.exampleId(),
                match.lang(),
                ranks.get(i),
                byPrefix.stream().map(ofPrefix -> ofPrefix.get(place)).toList()));
      }
    }
    if (ranked.isEmpty()) {
      throw new BadInputException(
          "reply choice is measured on blocks of "
              + CANDIDATES
              + " examples of one language; there are only "
              + matches.size()
              + " examples");
    }
    return ranked;
  }

  private Map<String, Double> figuresOfRanks(List<RankedQuery> queries) {
    Map<String, List<Integer>> byLanguage = new TreeMap<>();
    for (RankedQuery query : queries) {
      byLanguage.computeIfAbsent(query.lang(), lang -> new ArrayList<>()).add(query.rank());
    }
    Map<String, Double> figures = new TreeMap<>();
    byLanguage.forEach(
        (lang, ranks) ->
            rankFigures(ranks).forEach((name, value) -> figures.put(lang + "_" + name, value)));
    figures.putAll(rankFigures(queries.stream().map(RankedQuery::rank).toList()));
    for (int i = 0; i < loss.prefixes().size(); i++) {
      int place = i;
      figures.put(
          Vectors.ofWidth(RECALL, loss.prefixes().get(i)),
          new Ranks(queries.stream().mapToInt(query -> query.byPrefix().get(place)).toArray())
              .recallAt(1));
    }
    return figures;
  }

  @Override
  public StructType schema() {
    return SCHEMA;
  }

  @Override
  public List<Row> rows(List<Match> matches) {
    return rankedQueries(matches).stream().map(MAPPING::row).toList();
  }

  /** Rank of the own reply of each query of a complete block, from 1; equal cosines rank before. */
  static List<Integer> ranks(List<Match> matches, ToDoubleBiFunction<float[], float[]> similarity) {
    List<Integer> ranks = new ArrayList<>();
    for (int from = 0; from + CANDIDATES <= matches.size(); from += CANDIDATES) {
      List<Match> block = matches.subList(from, from + CANDIDATES);
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

  private static Map<String, Double> rankFigures(List<Integer> places) {
    Ranks ranks = new Ranks(places.stream().mapToInt(Integer::intValue).toArray());
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int k : new int[] {1, 3, 10}) {
      figures.put("r100_at_" + k, ranks.recallAt(k));
    }
    figures.put("mrr", ranks.meanReciprocalRank());
    figures.put("ndcg_at_10", ranks.ndcgAt(10));
    return figures;
  }

  @Override
  public Selection selection() {
    return new Selection(RECALL, "mrr");
  }
}
