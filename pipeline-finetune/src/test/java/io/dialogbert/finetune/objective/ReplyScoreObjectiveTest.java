package io.dialogbert.finetune.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.metric.Ranks;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Nd4jKernels;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.engine.BertEngine;
import io.dialogbert.train.engine.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Wrong replies, scores and the gradient of a network that reads contexts with replies. */
final class ReplyScoreObjectiveTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final int NUM_KEYS = 12;

  /** Contexts, replies and mined negatives of example i are tokens of their own. */
  private static final int CONTEXT = 100;

  private static final int REPLY = 200;
  private static final int MINED = 300;

  private static final TaskSpec SPEC =
      new TaskSpec(
          "replies",
          TaskSpec.Kind.REPLIES,
          new Layout(16, 3, true),
          List.of(),
          TaskSpec.Range.NONE);

  private final SplittableRandom random = new SplittableRandom(SEED);

  private TaskExample example(int i) {
    TaskExample example =
        new TaskExample(
            "example-" + i,
            random.nextInt(3) == 0 ? "ja" : "ko",
            new int[] {CONTEXT + i},
            new int[] {REPLY + i},
            -1,
            0,
            random.nextInt(NUM_KEYS),
            new float[0]);
    return random.nextInt(3) == 0
        ? example.withNegative(new int[] {MINED + i}, random.nextInt(NUM_KEYS))
        : example;
  }

  private List<TaskExample> examples(int count) {
    return IntStream.range(0, count).mapToObj(this::example).toList();
  }

  /** The replies that each context is read with, by the context. */
  private static Map<Integer, List<Integer>> candidates(
      ReplyScoreObjective objective, List<TaskExample> examples, long epoch) {
    PackedBatch batch = objective.batch(examples, place -> epoch);
    Target.Groups groups =
        batch.target(ReplyScoreObjective.HEAD, Target.Groups.class).orElseThrow();
    assertThat(groups.answers()).containsOnly(0);
    Map<Integer, List<Integer>> candidates = new TreeMap<>();
    int sequence = 0;
    for (int size : groups.sizes()) {
      List<Integer> replies = new ArrayList<>();
      for (int end = sequence + size; sequence < end; sequence++) {
        // [CLS] context [SEP] reply [SEP]
        int first = batch.sequenceOffsets()[sequence];
        assertThat(batch.sequenceOffsets()[sequence + 1]).isEqualTo(first + 5);
        replies.add(batch.inputIds()[first + 3]);
        candidates.put(batch.inputIds()[first + 1], replies);
      }
    }
    return candidates;
  }

  @Test
  void readsContextsWithTheirOwnReplyAndOthersOfOtherKeysAndTheSameLanguage() {
    for (int round = 0; round < 50; round++) {
      int numNegatives = 1 + random.nextInt(4);
      List<TaskExample> examples = examples(1 + random.nextInt(20));
      ReplyScoreObjective objective = new ReplyScoreObjective(SPEC, numNegatives);
      Map<Integer, List<Integer>> candidates = candidates(objective, examples, 0);
      assertThat(candidates).hasSameSizeAs(examples);
      for (int i = 0; i < examples.size(); i++) {
        TaskExample own = examples.get(i);
        List<Integer> replies = candidates.get(CONTEXT + i);
        List<Integer> keys = new ArrayList<>();
        long ofBatch = 0;
        for (int reply : replies) {
          boolean isMined = reply >= MINED;
          int place = isMined ? reply - MINED : reply - REPLY;
          TaskExample from = examples.get(place);
          keys.add(isMined ? from.negativeKey() : from.key());
          assertThat(from.lang()).isEqualTo(own.lang());
          assertThat(!isMined || place == i).isTrue();
          ofBatch += isMined || place == i ? 0 : 1;
        }
        boolean hasMined = own.negative().length > 0 && own.negativeKey() != own.key();
        long others =
            examples.stream()
                .filter(other -> other.lang().equals(own.lang()) && other.key() != own.key())
                .filter(other -> !hasMined || other.key() != own.negativeKey())
                .mapToInt(TaskExample::key)
                .distinct()
                .count();
        assertThat(replies.get(0)).isEqualTo(REPLY + i);
        assertThat(replies.contains(MINED + i)).isEqualTo(hasMined);
        assertThat(keys).as("seed %d, round %d", SEED, round).doesNotHaveDuplicates();
        assertThat(ofBatch)
            .as("seed %d, round %d", SEED, round)
            .isEqualTo(Math.min(numNegatives, others));
      }
    }
  }

  @Test
  void drawsAnewInEachEpochWhateverTheOrderOfTheBatch() {
    ReplyScoreObjective objective = new ReplyScoreObjective(SPEC, 2);
    List<TaskExample> examples = examples(20);
    List<TaskExample> reordered = new ArrayList<>(examples);
    Collections.shuffle(reordered, new Random(SEED));
    assertThat(candidates(objective, reordered, 1)).isEqualTo(candidates(objective, examples, 1));
    assertThat(candidates(objective, examples, 2))
        .as("seed %d", SEED)
        .isNotEqualTo(candidates(objective, examples, 1));
  }

  private static EncoderConfig encoder(int vocabSize) {
    return new EncoderConfig(8, 1, 2, 12, vocabSize, 16, 2, 2, 0, 0, 0.5, 1e-12);
  }

  @Test
  void ranksTheOwnReplyAmongThoseOfOtherKeys() {
    ReplyScoreObjective objective = new ReplyScoreObjective(SPEC, 0);
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    String json =
        Graphs.create(objective.model(encoder(MINED)), settings, SEED).getConfiguration().toJson();
    List<TaskExample> block = examples(RankedReply.CANDIDATES);
    try (Trainer<PackedBatch> network =
        new BertEngine(json, Precision.FLOAT32).open(1, SEED, RankedReply.CANDIDATES)) {
      List<RankedReply> ranked = objective.observe(network, block);
      for (int i = 0; i < ranked.size(); i++) {
        TaskExample query = block.get(i);
        PackedBatch.Builder pairs = PackedBatch.builder();
        Tasks.add(pairs, SPEC.layout().of(query.first(), query.second()));
        for (TaskExample other : block) {
          if (other.key() != query.key()) {
            Tasks.add(pairs, SPEC.layout().of(query.first(), other.second()));
          }
        }
        float[][] outputs = network.predict(pairs.build(), ReplyScoreObjective.HEAD);
        float[] scores = new float[outputs.length];
        for (int c = 0; c < scores.length; c++) {
          scores[c] = outputs[c][0];
        }
        assertThat(ranked.get(i))
            .as("seed %d, query %d", SEED, i)
            .isEqualTo(
                new RankedReply(query.exampleId(), query.lang(), Ranks.of(scores, 0), List.of()));
      }
      assertThat(ranked.stream().map(RankedReply::rank).distinct()).hasSizeGreaterThan(10);
    }
  }

  @Test
  void gradientIsTheSlopeOfTheLoss() {
    Threads.use(1);
    ReplyScoreObjective objective = new ReplyScoreObjective(SPEC, 3);
    ModelConfig model = objective.model(encoder(MINED + 10));
    PackedBatch batch = objective.batch(examples(6), place -> 0);
    INDArray flat = gaussian(model, 0.5);
    INDArray gradient = Nd4j.create(DataType.DOUBLE, flat.length());
    DataParallel network = DataParallel.over(model, flat, () -> new Nd4jKernels(DataType.DOUBLE));
    double loss =
        network.gradient(batch, 0, Integer.MAX_VALUE, DropoutSeeds.OFF, gradient).mean("loss");
    assertThat(loss).isPositive();
    double step = 1e-5;
    for (int round = 0; round < 5; round++) {
      INDArray direction = gaussian(model, 1);
      flat.addi(direction.mul(step));
      double above = network.score(batch).mean("loss");
      flat.subi(direction.mul(2 * step));
      double below = network.score(batch).mean("loss");
      flat.addi(direction.mul(step));
      double slope = gradient.mul(direction).sumNumber().doubleValue();
      assertThat((above - below) / (2 * step))
          .as("seed %d, round %d", SEED, round)
          .isCloseTo(slope, within(1e-6 * Math.max(1, Math.abs(slope))));
    }
  }

  private INDArray gaussian(ModelConfig model, double deviation) {
    double[] values = new double[Math.toIntExact(model.layout().length())];
    Arrays.setAll(values, i -> deviation * random.nextGaussian());
    return Nd4j.createFromArray(values);
  }
}
