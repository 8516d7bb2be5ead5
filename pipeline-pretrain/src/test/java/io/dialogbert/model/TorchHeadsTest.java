package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.model.head.AttentionLoss;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.CosentLoss;
import io.dialogbert.model.head.CosineLoss;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.GroupLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.MatryoshkaLoss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.RelationLoss;
import io.dialogbert.model.head.ScoreLoss;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.SoftOutputLoss;
import io.dialogbert.model.head.SpanLoss;
import io.dialogbert.model.head.StateLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Kernels;
import io.dialogbert.model.kernel.Nd4jKernels;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares each kind of head and loss to PyTorch's numbers in double (made by {@code
 * make_golden_heads.py}): within 1e-10 in double with plain ND4J, within 2e-5 in float with the
 * fast kernels; for gradients, these are shares of the largest element if that is above 1. All
 * heads are in one network; a batch teaches one of them.
 */
class TorchHeadsTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0);
  private static final int[] LENGTHS = {7, 3, 9, 1, 5, 4};
  private static final List<Integer> PREFIXES = List.of(3, 5);
  private static final int RELATION_HEADS = 2;
  private static final ModelConfig MODEL =
      new ModelConfig(
          CONFIG,
          List.of(
              head("mood", Head.Pooling.FIRST, 4),
              head("rating", Head.Pooling.FIRST, 1),
              head("choice", Head.Pooling.FIRST, 1),
              head("tags", Head.Pooling.TOKENS, 3),
              head("answer", Head.Pooling.TOKENS, 2),
              head("relation", Head.Pooling.MARKED, 5),
              Head.meanVector("vector"),
              Head.meanVector("mined"),
              Head.meanVector("nested"),
              Head.meanVector("order"),
              Head.meanVector("nestedOrder"),
              Head.meanVector("angle"),
              Head.meanVector("copy"),
              Head.states("mapped", 1, 4),
              Head.states("embedded", 0, 0),
              Head.states("deep", 2, 0),
              Head.qkv("attention", 0),
              Head.qkv("relations", 1)),
          List.of(
              new ClassLoss("mood", "mood", Weight.ONE),
              new SoftClassLoss("soft", "mood", Weight.ONE, 2.5),
              new ScoreLoss("rating", "rating", Weight.ONE),
              new GroupLoss("choice", "choice", Weight.ONE),
              new ClassLoss("tags", "tags", Weight.ONE),
              new SoftClassLoss("soft_tags", "tags", Weight.ONE, 2.5),
              new SpanLoss("answer", "answer", Weight.ONE),
              new ClassLoss("relation", "relation", Weight.ONE),
              new InBatchLoss("vector", "vector", Weight.ONE, 20),
              new InBatchLoss("mined", "mined", Weight.ONE, 20),
              new MatryoshkaLoss(new InBatchLoss("nested", "nested", Weight.ONE, 20), PREFIXES),
              new CosentLoss("order", "order", Weight.ONE, 20),
              new MatryoshkaLoss(
                  new CosentLoss("nestedOrder", "nestedOrder", Weight.ONE, 20), PREFIXES),
              new CosineLoss("angle", "angle", Weight.ONE),
              new SoftOutputLoss("soft_rating", "rating", Weight.ONE),
              new SoftOutputLoss("copy", "copy", Weight.ONE),
              new StateLoss("mapped", "mapped", Weight.ONE, StateLoss.Distance.SQUARED),
              new StateLoss("embedded", "embedded", Weight.ONE, StateLoss.Distance.COSINE),
              new StateLoss("deep", "deep", Weight.ONE, StateLoss.Distance.SQUARED),
              new AttentionLoss("attention", "attention", Weight.ONE, 3),
              new RelationLoss("relations", "relations", Weight.ONE, RELATION_HEADS)));

  /** Each kind of target with the head that learns from it. */
  private enum Task {
    CLASSES("classes", "mood"),
    SOFT_CLASSES("soft classes", "mood"),
    SCORES("scores", "rating"),
    GROUPS("groups", "choice"),
    SOME_TOKENS("some tokens", "tags"),
    SOFT_TOKENS("soft tokens", "tags"),
    SPANS("spans", "answer"),
    MARKED("marked", "relation"),
    IN_BATCH("in batch", "vector"),
    MINED("in batch, mined", "mined"),
    NESTED_IN_BATCH("in batch, nested", "nested"),
    COSENT("cosent", "order"),
    NESTED_COSENT("cosent, nested", "nestedOrder"),
    COSINE("cosine", "angle"),
    SOFT_SCORES("soft scores", "rating"),
    SOFT_VECTORS("soft vectors", "copy"),
    MAPPED_STATES("mapped states", "mapped"),
    EMBEDDED_STATES("embedded states", "embedded"),
    DEEP_STATES("deep states", "deep"),
    ATTENTION("attention", "attention"),
    RELATIONS("relations", "relations");

    private final String golden;
    private final String head;

    Task(String golden, String head) {
      this.golden = golden;
      this.head = head;
    }

    private Target target(PackedBatch batch) {
      int[] first = batch.firstRows();
      return switch (this) {
        case CLASSES -> new Target.Classes(each(b -> (3 * b + 1) % 4));
        case SOFT_CLASSES -> new Target.SoftClasses(teacher(4));
        case MAPPED_STATES -> states(batch, 4);
        case EMBEDDED_STATES, DEEP_STATES -> states(batch, CONFIG.hiddenSize());
        case ATTENTION -> states(batch, 3 * CONFIG.numAttentionHeads() * 4);
        case RELATIONS -> states(batch, 3 * RELATION_HEADS * 4);
        case SOFT_SCORES -> new Target.SoftOutputs(teacher(1));
        case SOFT_VECTORS -> new Target.SoftOutputs(teacher(CONFIG.hiddenSize()));
        case SCORES -> new Target.Scores(new float[] {0, 0.25f, 0.5f, 0.75f, 0, 0.25f});
        case GROUPS -> new Target.Groups(new int[] {3, 1, 2}, new int[] {2, 0, 1});
        case SOFT_TOKENS -> {
          int[] rows = ((Target.TokenClasses) SOME_TOKENS.target(batch)).rows();
          yield new Target.SoftTokenClasses(rows, teacher(rows.length, 3));
        }
        case SOME_TOKENS ->
            new Target.TokenClasses(
                tokens((b, t) -> (t + b) % 3 == 1 ? first[b] + t : -1),
                tokens((b, t) -> (t + b) % 3 == 1 ? (t + 2 * b) % 3 : -1));
        case SPANS ->
            new Target.Spans(
                each(b -> first[b] + LENGTHS[b] / 3), each(b -> first[b] + LENGTHS[b] / 2));
        case MARKED -> new Target.Classes(each(b -> (2 * b + 1) % 5));
        case IN_BATCH, NESTED_IN_BATCH -> new Target.Pairs(new int[] {7, 8, 7});
        case MINED -> new Target.Pairs(new int[] {7, 8}, new int[] {9, 7});
        case COSENT, NESTED_COSENT, COSINE ->
            new Target.GradedPairs(new float[] {0.5f, 0.25f, 0.75f});
      };
    }

    private static Target states(PackedBatch batch, int width) {
      return new Target.TokenStates(teacher(batch.numTokens(), width));
    }

    private static float[][] teacher(int outputs) {
      return teacher(LENGTHS.length, outputs);
    }

    private static float[][] teacher(int rows, int outputs) {
      float[][] teacher = new float[rows][outputs];
      for (int b = 0; b < teacher.length; b++) {
        for (int c = 0; c < outputs; c++) {
          teacher[b][c] = (5 * b + 3 * c) % 7 / 2f;
        }
      }
      return teacher;
    }

    private static int[] each(IntUnaryOperator value) {
      return IntStream.range(0, LENGTHS.length).map(value).toArray();
    }

    /** A value for each token; none where it is negative. */
    private static int[] tokens(IntBinaryOperator value) {
      return IntStream.range(0, LENGTHS.length)
          .flatMap(b -> IntStream.range(0, LENGTHS[b]).map(t -> value.applyAsInt(b, t)))
          .filter(it -> it >= 0)
          .toArray();
    }
  }

  private static Head head(String name, Head.Pooling pooling, int outputs) {
    ClassSet classes = ClassSet.unnamed(name, outputs);
    return new Head(name, pooling, Head.Projection.LINEAR, classes, false);
  }

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  private static JsonNode golden(Task task) throws IOException {
    try (InputStream in = TorchHeadsTest.class.getResourceAsStream("/golden/torch-heads.json")) {
      return new ObjectMapper().readTree(in).get("tasks").get(task.golden);
    }
  }

  private static PackedBatch batch(Task task) {
    PackedBatch sequences = TorchParityTest.batch(LENGTHS);
    PackedBatch batch =
        ModelFixtures.without(sequences, Head.MASKED_LM, Head.NEXT_SENTENCE)
            .with(task.head, task.target(sequences));
    if (task == Task.SOFT_TOKENS) {
      return batch.with(task.head, Task.SOME_TOKENS.target(sequences));
    }
    if (task != Task.MARKED) {
      return batch;
    }
    int[] first = batch.firstRows();
    return batch.withMarks(
        IntStream.range(0, 2 * LENGTHS.length)
            .map(i -> first[i / 2] + (i % 2 == 0 ? LENGTHS[i / 2] / 4 : LENGTHS[i / 2] - 1))
            .toArray());
  }

  @ParameterizedTest
  @EnumSource
  void agreesInDouble(Task task) throws IOException {
    check(task, DataType.DOUBLE, () -> new Nd4jKernels(DataType.DOUBLE), 1e-10);
  }

  @ParameterizedTest
  @EnumSource
  void agreesInFloat(Task task) throws IOException {
    check(task, DataType.FLOAT, () -> Kernels.create(DataType.FLOAT, Precision.FLOAT32), 2e-5);
  }

  private static void check(Task task, DataType type, Supplier<Kernels> kernels, double tolerance)
      throws IOException {
    JsonNode expected = golden(task);
    ParameterLayout layout = MODEL.layout();
    PackedBatch batch = batch(task);
    INDArray flat = TorchParityTest.parameters(layout, type);
    for (int threads = 1; threads <= 3; threads++) {
      Threads.use(threads);
      DataParallel network = DataParallel.over(MODEL, flat, kernels);
      INDArray outputs =
          batch
              .target(task.head, Target.TokenClasses.class)
              .map(tokens -> network.outputs(batch, task.head, tokens.rows()))
              .orElseGet(() -> network.outputs(batch, task.head, DropoutSeeds.OFF));
      TorchParityTest.assertClose("outputs", expected.get("outputs"), outputs, tolerance);
      INDArray gradient = ModelFixtures.gradient(MODEL, type);
      Losses losses = network.gradient(batch, 0, Integer.MAX_VALUE, DropoutSeeds.OFF, gradient);
      assertThat(MODEL.loss(losses, 0))
          .isCloseTo(expected.get("loss").asDouble(), within(tolerance));
      List<String> compared = new ArrayList<>();
      for (Map.Entry<String, JsonNode> entry : expected.get("gradients").properties()) {
        INDArray view = layout.view(gradient, entry.getKey());
        TorchParityTest.assertClose(
            entry.getKey(), entry.getValue(), view, tolerance * scale(entry.getValue()));
        compared.add(entry.getKey());
      }
      assertThat(compared)
          .contains("pooler.dense.bias", "embeddings.token_type_embeddings")
          .containsAll(
              layout.parameters().stream()
                  .map(ParameterLayout.Parameter::name)
                  .filter(MODEL::isOfHead)
                  .toList());
    }
  }

  /** The largest absolute value, at least 1: rounding grows with the gradient. */
  private static double scale(JsonNode values) {
    double largest = 1;
    for (JsonNode value : values) {
      largest = Math.max(largest, Math.abs(value.asDouble()));
    }
    return largest;
  }
}
