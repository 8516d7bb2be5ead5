package io.dialogbert.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.finetune.objective.ClassObjective;
import io.dialogbert.finetune.objective.ReplyObjective;
import io.dialogbert.finetune.objective.ScoreObjective;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.finetune.objective.Vectors;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.respond.BatchedModel;
import io.dialogbert.respond.BatchedSearch;
import io.dialogbert.respond.Comparison;
import io.dialogbert.respond.IndexedTexts;
import io.dialogbert.respond.PairScorer;
import io.dialogbert.respond.ReactionSuggester;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.SearchSuggester;
import io.dialogbert.respond.Source;
import io.dialogbert.respond.TextModel;
import io.dialogbert.respond.search.ExactSearch;
import io.dialogbert.sample.SampleConfig;
import io.dialogbert.sample.SampleCorpus;
import io.dialogbert.task.ClassRanking;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * A responder of all three tasks over made-up Korean texts. Its networks have 4 layers of 256 and
 * the values that training starts from: speed does not depend on values. The vectors of the index
 * are made up, too: directions around {@value #NUM_CENTERS} centers.
 */
final class ServeWorld {
  static final int WIDTH = 256;

  /** Pairs and replies together. */
  static final int NUM_CANDIDATES = 300_000;

  private static final int NUM_LAYERS = 4;

  /** Made-up messages have fewer morphemes than real ones. */
  private static final int VOCAB_SIZE = 4_000;

  private static final int NUM_REACTIONS = 500;
  private static final int NUM_CENTERS = 3_000;

  /** Of the distance from a center, relative to the center's length: cosines near 0.7. */
  private static final double SPREAD = 1;

  private static final int NUM_TURNS = 4_000;

  /** More than enough: most messages repeat others. */
  private static final SampleConfig MESSAGES = new SampleConfig(2_000_000, 1, 0, 1, 0);

  private static final int NUM_TRAINED = 50_000;
  private static final Layout LAYOUT = new Layout(48, 3, true);

  private final List<String> texts;
  private final List<String> turns;
  private final Tokenizer tokenizer;
  private final float[][] centers;
  private final SplittableRandom random = new SplittableRandom(1);

  ServeWorld() throws IOException {
    List<String> messages = messages(NUM_CANDIDATES + 2 * NUM_TURNS);
    texts = messages.subList(0, NUM_CANDIDATES);
    turns =
        IntStream.range(0, NUM_TURNS)
            .map(i -> NUM_CANDIDATES + 2 * i)
            // People write turns that are twice as long as the texts that many of them write.
            .mapToObj(i -> messages.get(i) + " " + messages.get(i + 1))
            .toList();
    tokenizer = tokenizer(messages.subList(0, NUM_TRAINED));
    centers = new float[NUM_CENTERS][];
    Arrays.setAll(centers, i -> gaussian());
  }

  /** Different texts, in the order in which they come. */
  private static List<String> messages(int count) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Set<String> texts = new LinkedHashSet<>();
    Iterator<String> lines = new SampleCorpus(MESSAGES).lines(0);
    while (texts.size() < count) {
      JsonNode row = json.readTree(lines.next());
      String text = BenchCorpus.NORMALIZER.normalize(row.path("text").asText());
      if (!text.isEmpty()) {
        texts.add(text);
      }
    }
    return List.copyOf(texts);
  }

  /** By the default method of train-tokenizer. */
  private static Tokenizer tokenizer(List<String> messages) {
    TokenizerSettings settings =
        new TokenizerSettings(TokenizerMethod.MORPHEME_SUBWORD, BenchCorpus.NORMALIZER, List.of());
    return SerializedTokenizer.of(
            settings
                .method()
                .trainer(BenchCorpus.trainer(VOCAB_SIZE, false))
                .train(BenchCorpus.counts(messages, "ko", settings)),
            settings)
        .tokenizer();
  }

  /** A responder as {@code respond} loads it with a pair network and otherwise its defaults. */
  Responder responder(IntConsumer batchSizes) {
    List<Responder.Resource> resources = new ArrayList<>();
    TaskSpec replies =
        new TaskSpec("replies", TaskSpec.Kind.REPLIES, LAYOUT, List.of(), TaskSpec.Range.NONE);
    TaskSpec scores =
        new TaskSpec(
            "same", TaskSpec.Kind.PAIR_SCORES, LAYOUT, List.of(), new TaskSpec.Range(0, 1));
    TaskSpec reactions =
        new TaskSpec(
            "reactions",
            TaskSpec.Kind.REACTIONS,
            LAYOUT,
            IntStream.range(0, NUM_REACTIONS)
                .mapToObj(i -> new TaskSpec.ClassName("ko", "reaction " + i))
                .toList(),
            TaskSpec.Range.NONE);
    TextModel similarity = vectors(replies, 1, batchSizes, resources);
    TextModel pair =
        model(
            scores,
            new ScoreObjective(scores).model(encoder()),
            ScoreObjective.HEAD,
            2,
            batchSizes,
            resources);
    TextModel reply = vectors(replies, 3, batchSizes, resources);
    TextModel reaction =
        model(
            reactions,
            ClassObjective.ofLabels(reactions).model(encoder()),
            Head.CLASSIFIER,
            4,
            batchSizes,
            resources);
    int half = NUM_CANDIDATES / 2;
    List<String> first = texts.subList(0, half);
    List<String> second = texts.subList(half, NUM_CANDIDATES);
    // As in reference.conf.
    int numCandidates = 20;
    int count = 3;
    return new Responder(
        Map.of(
            Source.PAIR,
            Responder.Task.of(
                new SearchSuggester(
                    Comparison.QUERIES,
                    similarity,
                    Optional.of(PairScorer.ofScores(pair)),
                    Map.of("ko", indexed(first, second, resources)),
                    numCandidates,
                    count),
                0.8),
            Source.REPLY,
            Responder.Task.of(
                new SearchSuggester(
                    Comparison.REPLIES,
                    reply,
                    Optional.empty(),
                    Map.of("ko", indexed(List.of(), second, resources)),
                    numCandidates,
                    count),
                0.5),
            Source.REACTION,
            Responder.Task.of(
                new ReactionSuggester(reaction, ClassRanking.of(reactions, 0, "made up"), count),
                0.2)),
        resources);
  }

  private TextModel vectors(
      TaskSpec spec, long seed, IntConsumer batchSizes, List<Responder.Resource> resources) {
    return model(
        spec,
        new ReplyObjective(spec, new InBatchLoss("", SentenceVectorObjective.HEAD, Weight.ONE, 20))
            .model(encoder()),
        SentenceVectorObjective.HEAD,
        seed,
        batchSizes,
        resources);
  }

  private TextModel model(
      TaskSpec spec,
      ModelConfig config,
      String head,
      long seed,
      IntConsumer batchSizes,
      List<Responder.Resource> resources) {
    TrainingSettings unused =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    BatchedModel model =
        new BatchedModel(
            InferenceModel.of(Graphs.create(config, unused, seed), Precision.AUTO),
            head,
            batchSizes);
    resources.add(model::close);
    return new TextModel(spec, tokenizer, model);
  }

  private EncoderConfig encoder() {
    return new EncoderConfig(
        WIDTH,
        NUM_LAYERS,
        WIDTH / 64,
        4 * WIDTH,
        tokenizer.vocabulary().size(),
        LAYOUT.maxSequenceLength(),
        2,
        2,
        0,
        0,
        0.02,
        1e-12);
  }

  private IndexedTexts indexed(
      List<String> queries, List<String> replies, List<Responder.Resource> resources) {
    long[] people = new long[replies.size()];
    Arrays.fill(people, 3);
    BatchedSearch search = new BatchedSearch(exact(replies.size()));
    resources.add(search::close);
    return new IndexedTexts(queries, replies, people, search);
  }

  /** A search among as many made-up vectors. */
  ExactSearch exact(int size) {
    ExactSearch.Builder vectors = new ExactSearch.Builder(WIDTH, size);
    for (int row = 0; row < size; row++) {
      vectors.set(row, vector());
    }
    return vectors.build();
  }

  /** A made-up vector of length 1. */
  float[] vector() {
    float[] vector = centers[random.nextInt(NUM_CENTERS)].clone();
    float[] noise = gaussian();
    for (int d = 0; d < WIDTH; d++) {
      vector[d] += (float) SPREAD * noise[d];
    }
    return Vectors.direction(vector);
  }

  private float[] gaussian() {
    float[] vector = new float[WIDTH];
    for (int d = 0; d < WIDTH; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** Made-up turns of a user. */
  List<String> turns() {
    return turns;
  }

  /** Mean number of tokens of the texts of the index. */
  double tokensOfTexts() {
    return tokens(texts.subList(0, NUM_TURNS));
  }

  /** Mean number of tokens of the turns. */
  double tokensOfTurns() {
    return tokens(turns);
  }

  private double tokens(List<String> of) {
    return of.stream().mapToInt(text -> tokenizer.encode(text, "ko").length).average().orElse(0);
  }
}
