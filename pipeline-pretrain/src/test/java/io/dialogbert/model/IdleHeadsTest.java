package io.dialogbert.model;

import static io.dialogbert.model.HeadFixtures.Kind.CLASS;
import static io.dialogbert.model.HeadFixtures.Kind.PAIRS;
import static io.dialogbert.model.HeadFixtures.Kind.SCORE;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT;
import static io.dialogbert.model.HeadFixtures.Kind.SOME_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.SPAN;

import io.dialogbert.model.HeadFixtures.Task;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Threads;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.schedule.FixedSchedule;

/** A step of several tasks moves the encoder and the heads that its batch teaches, and no other. */
class IdleHeadsTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0.1);
  private static final Task MASKED = Task.decoder(CONFIG, SOME_TOKENS);
  private static final Task MOOD = Task.linear("mood", Head.Pooling.FIRST, true, CLASS, SOFT);
  private static final Task RATING = Task.linear("rating", Head.Pooling.FIRST, false, SCORE);
  private static final Task TAGS = Task.linear("tags", Head.Pooling.TOKENS, true, SOME_TOKENS);
  private static final Task ANSWER = Task.linear("answer", Head.Pooling.TOKENS, false, SPAN);
  private static final Task RELATION = Task.linear("relation", Head.Pooling.MARKED, true, CLASS);
  private static final Task VECTOR = Task.linear("vector", Head.Pooling.MEAN, false, PAIRS);
  private static final List<Task> ALL =
      List.of(MASKED, MOOD, RATING, TAGS, ANSWER, RELATION, VECTOR);

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  private static ComputationGraph graph(TrainingSettings.Optimizer optimizer, List<Task> tasks) {
    // With this strong decay, affected parameters shrink by a tenth in 20 steps.
    TrainingSettings settings =
        new TrainingSettings(new FixedSchedule(0.01), 0.5, 0.9, 0.999, 1e-6, 1, optimizer);
    ComputationGraph graph =
        Graphs.create(HeadFixtures.model(CONFIG, tasks), settings, ModelFixtures.SEED);
    graph.setParams(
        ModelFixtures.parameters(Graphs.layout(graph), DataType.FLOAT, ModelFixtures.SEED)
            .reshape(1, -1));
    return graph;
  }

  private static PackedBatch batch(Task... tasks) {
    return HeadFixtures.batch(CONFIG, List.of(tasks));
  }

  /** The parameters of all tasks but some; and the pooler's, if none of these reads it. */
  private static Predicate<String> allBut(Task... tasks) {
    boolean pooled = Stream.of(tasks).anyMatch(task -> task.head().pooling() == Head.Pooling.FIRST);
    return name ->
        name.startsWith("pooler.")
            ? !pooled
            : ALL.stream().anyMatch(task -> of(name, task))
                && Stream.of(tasks).noneMatch(task -> of(name, task));
  }

  private static boolean of(String parameter, Task task) {
    return parameter.startsWith(task.head().name() + ".");
  }

  @ParameterizedTest
  @EnumSource(TrainingSettings.Optimizer.class)
  void headsWithoutATargetStay(TrainingSettings.Optimizer optimizer) {
    for (int threads = 1; threads <= 2; threads++) {
      Threads.use(threads);
      ComputationGraph graph = graph(optimizer, ALL);
      // With momentum that would move them further.
      IdleParametersTest.steps(graph, batch(ALL.toArray(Task[]::new)), 3);
      for (Task task : ALL) {
        IdleParametersTest.assertStill(graph, batch(task), allBut(task));
      }
      IdleParametersTest.assertStill(graph, batch(MASKED, RATING), allBut(MASKED, RATING));
      IdleParametersTest.assertStill(graph, batch(TAGS, VECTOR), allBut(TAGS, VECTOR));
      IdleParametersTest.assertStill(graph, batch(ALL.toArray(Task[]::new)), name -> false);
    }
  }

  @ParameterizedTest
  @EnumSource(TrainingSettings.Optimizer.class)
  void headsWithATargetOfNoTermsStay(TrainingSettings.Optimizer optimizer) {
    ComputationGraph graph = graph(optimizer, ALL);
    IdleParametersTest.steps(graph, batch(ALL.toArray(Task[]::new)), 3);
    int[] none = {};
    PackedBatch noTags = batch(RATING).with("tags", new Target.TokenClasses(none, none));
    IdleParametersTest.assertStill(graph, noTags, allBut(RATING));
    PackedBatch nothing =
        ModelFixtures.without(noTags, "rating")
            .with(Head.MASKED_LM, new Target.TokenClasses(none, none));
    IdleParametersTest.assertStill(graph, nothing, name -> true);
  }

  /** The weight falls to 0 in three steps, after which momentum would move the heads further. */
  @ParameterizedTest
  @EnumSource(TrainingSettings.Optimizer.class)
  void headsWhoseLossHasNoWeightInTheStepStay(TrainingSettings.Optimizer optimizer) {
    Weight fading = new Weight(1, 0, 3);
    Task[] tasks = {MASKED, RATING.withWeight(fading), VECTOR.withWeight(fading), TAGS};
    ComputationGraph graph = graph(optimizer, List.of(tasks));
    PackedBatch batch = batch(tasks);
    IdleParametersTest.steps(graph, batch, 3);
    IdleParametersTest.assertStill(graph, batch, allBut(MASKED, TAGS));
    Task[] off = {MASKED.withWeight(Weight.constant(0)), MOOD.withWeight(Weight.constant(0))};
    IdleParametersTest.assertStill(graph(optimizer, List.of(off)), batch(off), name -> true);
  }
}
