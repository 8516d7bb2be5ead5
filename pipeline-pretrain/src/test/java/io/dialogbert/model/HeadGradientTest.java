package io.dialogbert.model;

import static io.dialogbert.model.HeadFixtures.Kind.ALL_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.ATTENTION;
import static io.dialogbert.model.HeadFixtures.Kind.CLASS;
import static io.dialogbert.model.HeadFixtures.Kind.GROUP;
import static io.dialogbert.model.HeadFixtures.Kind.NESTED_PAIRS;
import static io.dialogbert.model.HeadFixtures.Kind.PAIRS;
import static io.dialogbert.model.HeadFixtures.Kind.RELATION;
import static io.dialogbert.model.HeadFixtures.Kind.SCORE;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT_OUTPUTS;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.SOME_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.SPAN;
import static io.dialogbert.model.HeadFixtures.Kind.STATE;
import static io.dialogbert.model.HeadFixtures.Kind.STATE_DIRECTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.HeadFixtures.Kind;
import io.dialogbert.model.HeadFixtures.Task;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Each kind of head with each kind of loss that it can learn from: its gradient is the slope of the
 * loss, however the batch is divided.
 */
class HeadGradientTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0.3).withNumHiddenLayers(1);
  private static final EncoderConfig STEADY = ModelFixtures.tinyConfig(0).withNumHiddenLayers(1);

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  private static Stream<Arguments> tasks() {
    List<List<Task>> all = new ArrayList<>();
    for (Head.Pooling pooling : EnumSet.complementOf(EnumSet.of(Head.Pooling.QKV))) {
      boolean tokens = pooling == Head.Pooling.TOKENS;
      for (Kind kind : Kind.values()) {
        if (kind.ofTokens() == tokens && !kind.ofQkv() && kind != SOFT_TOKENS) {
          all.add(List.of(Task.linear("a", pooling, false, kind)));
          all.add(List.of(Task.linear("a", pooling, true, kind)));
        }
      }
      for (Kind kind :
          tokens
              ? List.of(SOME_TOKENS, ALL_TOKENS, STATE, STATE_DIRECTION)
              : List.of(CLASS, SOFT, SOFT_OUTPUTS, PAIRS, NESTED_PAIRS)) {
        all.add(List.of(Task.plain("a", pooling, kind)));
      }
    }
    all.add(List.of(Task.decoder(CONFIG, SOME_TOKENS)));
    all.add(List.of(Task.decoder(CONFIG, ALL_TOKENS)));
    // What a layer computes, also of the last one and twice of one.
    for (int layers = 0; layers <= 1; layers++) {
      all.add(List.of(Task.states("a", layers, 0, STATE)));
      all.add(List.of(Task.states("a", layers, 5, STATE_DIRECTION)));
    }
    all.add(List.of(Task.qkv("a", 0, ATTENTION)));
    all.add(List.of(Task.qkv("a", 0, RELATION)));
    all.add(
        List.of(
            Task.linear("a", Head.Pooling.FIRST, true, CLASS),
            Task.states("b", 0, 0, STATE),
            Task.states("c", 0, 5, STATE),
            Task.states("d", 1, 0, STATE_DIRECTION),
            Task.qkv("e", 0, ATTENTION),
            Task.qkv("f", 0, RELATION)));
    // Several losses on one head.
    all.add(List.of(Task.linear("a", Head.Pooling.TOKENS, true, SOME_TOKENS, SOFT_TOKENS)));
    all.add(List.of(Task.decoder(CONFIG, SOME_TOKENS, SOFT_TOKENS)));
    all.add(List.of(Task.linear("a", Head.Pooling.FIRST, true, CLASS, SOFT)));
    all.add(List.of(Task.linear("a", Head.Pooling.FIRST, true, SCORE, GROUP)));
    all.add(List.of(Task.linear("a", Head.Pooling.MEAN, false, PAIRS, CLASS, SOFT)));
    all.add(List.of(Task.plain("a", Head.Pooling.MEAN, PAIRS, SOFT)));
    all.add(List.of(Task.linear("a", Head.Pooling.FIRST, true, SCORE, SOFT_OUTPUTS)));
    all.add(List.of(Task.plain("a", Head.Pooling.MEAN, NESTED_PAIRS, SOFT_OUTPUTS)));
    // Several heads, also on one pooler; weights that change.
    all.add(
        List.of(
            Task.linear("a", Head.Pooling.FIRST, true, CLASS),
            Task.linear("b", Head.Pooling.FIRST, false, SCORE),
            Task.plain("c", Head.Pooling.FIRST, PAIRS)));
    all.add(
        List.of(
            Task.plain("a", Head.Pooling.MEAN, PAIRS),
            Task.linear("b", Head.Pooling.MEAN, true, SCORE).withWeight(new Weight(2, 0, 7)),
            Task.linear("c", Head.Pooling.MARKED, true, CLASS)));
    all.add(
        List.of(
            Task.decoder(CONFIG, SOME_TOKENS).withWeight(new Weight(0, 1, 100)),
            Task.linear("a", Head.Pooling.TOKENS, true, ALL_TOKENS),
            Task.linear("b", Head.Pooling.TOKENS, false, SPAN).withWeight(new Weight(1, 0.5, 2)),
            Task.linear("c", Head.Pooling.FIRST, true, GROUP).withWeight(Weight.constant(0))));
    // Names that could be those of buffers.
    for (String name : List.of("d", "mlm", "loss")) {
      all.add(
          List.of(
              Task.decoder(CONFIG, SOME_TOKENS),
              Task.linear(name, Head.Pooling.FIRST, false, CLASS, SOFT)));
    }
    return all.stream().map(tasks -> Arguments.of(describe(tasks), tasks));
  }

  private static String describe(List<Task> tasks) {
    return String.join(
        ", ",
        tasks.stream()
            .map(
                task ->
                    task.head().name()
                        + " "
                        + task.head().pooling()
                        + " "
                        + task.head().projection()
                        + (task.head().dropout() ? " dropout " : " ")
                        + task.kinds())
            .toList());
  }

  /** In two parts, each of which draws its own dropout masks. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("tasks")
  void isTheSlopeOfTheLoss(String name, List<Task> tasks) {
    Threads.use(2);
    ModelConfig model = HeadFixtures.model(CONFIG, tasks);
    GradientTest.checkHeads(model, HeadFixtures.batch(CONFIG, tasks));
  }

  /** The smallest batches have one sequence of one token, or two for a pair. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("tasks")
  void isTheSlopeOfTheLossOfTheSmallestBatch(String name, List<Task> tasks) {
    boolean pairs = tasks.stream().flatMap(task -> task.kinds().stream()).anyMatch(Kind::ofPairs);
    int[] lengths = pairs ? new int[] {1, 1} : new int[] {1};
    GradientTest.checkHeads(
        HeadFixtures.model(CONFIG, tasks), HeadFixtures.batch(CONFIG, tasks, lengths));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tasks")
  void isTheSameHoweverTheBatchIsDivided(String name, List<Task> tasks) {
    ModelConfig model = HeadFixtures.model(STEADY, tasks);
    PackedBatch batch = HeadFixtures.batch(STEADY, tasks);
    Result whole = gradient(model, batch, 1, Integer.MAX_VALUE);
    boolean together =
        tasks.stream().flatMap(task -> task.kinds().stream()).anyMatch(Kind::ofWholeBatch);
    for (int threads = 1; threads <= 3; threads++) {
      for (int maxSequences : together ? new int[] {6} : new int[] {6, 1, 4}) {
        Result divided = gradient(model, batch, threads, maxSequences);
        double difference =
            divided.gradient().sub(whole.gradient()).norm2Number().doubleValue()
                / whole.gradient().norm2Number().doubleValue();
        assertThat(difference)
            .as("%d threads, %d at once, seed %d", threads, maxSequences, ModelFixtures.SEED)
            .isLessThan(1e-12);
        assertThat(divided.losses().sequences()).isEqualTo(HeadFixtures.LENGTHS.length);
        assertThat(divided.losses().means().keySet()).isEqualTo(whole.losses().means().keySet());
        whole
            .losses()
            .means()
            .forEach(
                (figure, mean) -> {
                  assertThat(divided.losses().mean(figure)).isCloseTo(mean, within(1e-12));
                  assertThat(divided.losses().count(figure))
                      .isEqualTo(whole.losses().count(figure));
                });
      }
    }
  }

  private record Result(INDArray gradient, Losses losses) {}

  private static Result gradient(
      ModelConfig model, PackedBatch batch, int threads, int maxSequences) {
    Threads.use(threads);
    INDArray flat = ModelFixtures.parameters(model.layout(), DataType.DOUBLE, ModelFixtures.SEED);
    INDArray gradient = ModelFixtures.gradient(model, DataType.DOUBLE);
    Losses losses =
        ModelFixtures.networks(model, flat)
            .gradient(batch, 3, maxSequences, DropoutSeeds.OFF, gradient);
    assertThat(Double.isFinite(gradient.sumNumber().doubleValue()))
        .as(Arrays.toString(batch.sequenceOffsets()))
        .isTrue();
    return new Result(gradient, losses);
  }
}
