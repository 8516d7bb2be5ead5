package io.dialogbert.model.head;

import static io.dialogbert.model.HeadFixtures.Kind.CLASS;
import static io.dialogbert.model.HeadFixtures.Kind.COSENT;
import static io.dialogbert.model.HeadFixtures.Kind.COSINE;
import static io.dialogbert.model.HeadFixtures.Kind.GROUP;
import static io.dialogbert.model.HeadFixtures.Kind.PAIRS;
import static io.dialogbert.model.HeadFixtures.Kind.SCORE;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT;
import static io.dialogbert.model.HeadFixtures.Kind.SOFT_OUTPUTS;
import static io.dialogbert.model.HeadFixtures.Kind.SOME_TOKENS;
import static io.dialogbert.model.HeadFixtures.Kind.SPAN;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.HeadFixtures;
import io.dialogbert.model.HeadFixtures.Task;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Threads;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Targets that a network cannot learn are refused, however the batch is divided. */
class BadTargetsTest {
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0);

  @AfterEach
  void useOneThreadAgain() {
    Threads.use(1);
  }

  private static ModelConfig model(Task... tasks) {
    return HeadFixtures.model(CONFIG, List.of(tasks));
  }

  private static PackedBatch batch(Task... tasks) {
    return HeadFixtures.batch(CONFIG, List.of(tasks));
  }

  private static DataParallel networks(ModelConfig model) {
    return ModelFixtures.networks(
        model, ModelFixtures.parameters(model.layout(), DataType.DOUBLE, ModelFixtures.SEED));
  }

  /** In training and in scoring, in one part and in several. */
  @Test
  void namesATeachersLogitsOfSequencesForAHeadOfTokens() {
    Task tags = Task.linear("a", Head.Pooling.TOKENS, false, SOFT);
    assertRefused(
        model(tags), batch(tags), "head a classifies tokens, but the batch has SoftClasses for it");
  }

  private static void assertRefused(ModelConfig model, PackedBatch batch, String message) {
    for (int threads = 1; threads <= 3; threads++) {
      Threads.use(threads);
      assertThatThrownBy(() -> networks(model).score(batch))
          .isInstanceOf(BadInputException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> train(model, batch, 2))
          .isInstanceOf(BadInputException.class)
          .hasMessage(message);
    }
  }

  private static void train(ModelConfig model, PackedBatch batch, int maxSequences) {
    networks(model)
        .gradient(
            batch,
            0,
            maxSequences,
            DropoutSeeds.OFF,
            ModelFixtures.gradient(model, DataType.DOUBLE));
  }

  @Test
  void namesAHeadThatTheNetworkDoesNotHave() {
    Task mood = Task.linear("mood", Head.Pooling.FIRST, false, CLASS);
    Task rating = Task.linear("rating", Head.Pooling.FIRST, false, SCORE);
    assertRefused(
        model(mood),
        batch(mood, rating),
        "the batch has Scores for head rating, but the network's heads are [mood]");
  }

  @Test
  void namesATargetThatNoLossReads() {
    Task hard = Task.linear("mood", Head.Pooling.FIRST, false, CLASS);
    Task both = Task.linear("mood", Head.Pooling.FIRST, false, CLASS, SOFT);
    assertRefused(
        model(hard),
        batch(both),
        "the batch has SoftClasses for head mood, but of its losses none reads them:"
            + " [mood_CLASS_loss]");
    ModelConfig unlearned = new ModelConfig(CONFIG, List.of(hard.head()), List.of());
    assertRefused(
        unlearned,
        batch(hard),
        "the batch has Classes for head mood, but of its losses none reads them: []");
  }

  @Test
  void namesClassesOfTokensForAHeadOfSequences() {
    Task mood = Task.linear("a", Head.Pooling.FIRST, false, CLASS);
    Task tags = Task.linear("a", Head.Pooling.TOKENS, false, SOME_TOKENS);
    assertRefused(
        model(mood),
        batch(tags),
        "head a classifies sequences, but the batch has TokenClasses for it");
    assertRefused(
        model(tags), batch(mood), "head a classifies tokens, but the batch has Classes for it");
  }

  /** The place is that in the whole batch, not in a part of it. */
  @ParameterizedTest
  @ValueSource(ints = {3, -1})
  void namesALabelThatIsNoClass(int label) {
    Task mood = Task.linear("mood", Head.Pooling.FIRST, false, CLASS);
    int[] labels = {0, 1, 2, 0, label, 1};
    PackedBatch bad =
        ModelFixtures.without(batch(mood), "mood").with("mood", new Target.Classes(labels));
    assertRefused(
        model(mood),
        bad,
        "label " + label + " of head mood is outside 0..2 (element 4 of the batch)");
    Task tags = Task.linear("tags", Head.Pooling.TOKENS, false, SOME_TOKENS);
    PackedBatch badTags =
        ModelFixtures.without(batch(tags), "tags")
            .with("tags", new Target.TokenClasses(new int[] {0, 5, 20}, new int[] {1, 2, label}));
    assertRefused(
        model(tags),
        badTags,
        "label " + label + " of head tags is outside 0..2 (element 2 of the batch)");
  }

  @ParameterizedTest
  @CsvSource({"2", "4", "0"})
  void namesATeacherOfOtherClasses(int width) {
    Task mood = Task.linear("mood", Head.Pooling.FIRST, false, SOFT);
    float[][] logits = new float[6][3];
    logits[4] = new float[width];
    assertRefused(
        model(mood),
        ModelFixtures.without(batch(mood), "mood").with("mood", new Target.SoftClasses(logits)),
        "head mood has 3 classes, the teacher's logits of sequence 4 are " + width);
  }

  @Test
  void namesATeacherOfAnotherWidthOrOfMoreSequences() {
    Task copied = Task.linear("copied", Head.Pooling.MEAN, false, SOFT_OUTPUTS);
    PackedBatch bare = ModelFixtures.without(batch(copied), "copied");
    float[][] outputs = new float[6][2];
    outputs[3] = new float[5];
    assertRefused(
        model(copied),
        bare.with("copied", new Target.SoftOutputs(outputs)),
        "head copied has 2 outputs, the teacher's of sequence 3 are 5");
    assertThatThrownBy(() -> bare.with("copied", new Target.SoftOutputs(new float[7][2])))
        .hasMessage("soft outputs are of 7 sequences, the batch has 6");
  }

  @Test
  void namesAHeadThatMissesItsMarks() {
    Task relation = Task.linear("relation", Head.Pooling.MARKED, false, CLASS);
    assertRefused(
        model(relation),
        batch(relation).withMarks(new int[0]),
        "head relation reads marked tokens, but the batch has no marks");
  }

  @ParameterizedTest
  @CsvSource({
    "PAIRS, vector_PAIRS_loss",
    "GROUP, vector_GROUP_loss",
    "COSENT, vector_COSENT_loss",
    "COSINE, vector_COSINE_loss"
  })
  void doesNotDivideWhatComparesTheWholeBatch(HeadFixtures.Kind kind, String loss) {
    Task task = Task.linear("vector", Head.Pooling.MEAN, false, kind);
    Task mood = Task.linear("mood", Head.Pooling.FIRST, false, CLASS);
    assertThatThrownBy(() -> train(model(task, mood), batch(task, mood), 5))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            loss
                + " compares sequences of the whole batch, but only 5 of its 6 are in memory at"
                + " once: micro-batch-size must be at least batch-size");
    // Neither a batch that fits nor one without such a target is divided there.
    train(model(task, mood), batch(task, mood), 6);
    train(model(task, mood), batch(mood), 2);
  }

  @Test
  void namesHeadsAndLossesThatDoNotFitTogether() {
    assertThatThrownBy(() -> model(Task.linear("a", Head.Pooling.TOKENS, false, SPAN, SOME_TOKENS)))
        .hasMessage("head a cannot learn both spans, of all tokens, and classes, of some tokens");
    assertThatThrownBy(() -> model(Task.linear("a", Head.Pooling.TOKENS, false, SCORE)))
        .hasMessage("head a must have one output for each sequence");
    assertThatThrownBy(() -> model(Task.linear("a", Head.Pooling.MEAN, false, CLASS, GROUP)))
        .hasMessage("head a must have one output for each sequence");
    assertThatThrownBy(() -> model(Task.linear("a", Head.Pooling.MEAN, false, SCORE, CLASS)))
        .hasMessage("head a needs at least 2 classes, has 1");
    assertThatThrownBy(() -> model(Task.linear("a", Head.Pooling.MEAN, false, SPAN)))
        .hasMessage("head a must have two outputs for each token");
    for (HeadFixtures.Kind kind : List.of(PAIRS, COSENT, COSINE)) {
      assertThatThrownBy(() -> model(Task.plain("a", Head.Pooling.TOKENS, kind)))
          .hasMessage("head a must have one vector for each sequence");
    }
    assertThatThrownBy(() -> model(Task.linear("a", Head.Pooling.TOKENS, false, SOFT_OUTPUTS)))
        .hasMessage("head a reads tokens; a teacher's outputs are of sequences");
  }

  @Test
  void refusesGradesThatAreNoNumberOrOfOtherPairs() {
    PackedBatch batch = HeadFixtures.batch(CONFIG, List.of());
    assertThatThrownBy(() -> batch.with("a", new Target.GradedPairs(new float[] {1, Float.NaN, 0})))
        .hasMessage("score 1 of graded pairs is no number");
    assertThatThrownBy(() -> batch.with("a", new Target.GradedPairs(new float[] {1, 0})))
        .hasMessage("sequences of graded pairs are 4, expected 6");
    assertThatThrownBy(() -> new CosentLoss("a", "a", Weight.ONE, 0))
        .hasMessage("scale must be above 0, is 0.0");
  }

  @Test
  void namesHeadsWhoseParametersWouldBeThoseOfOthers() {
    Task mood = Task.linear("mood", Head.Pooling.FIRST, false, CLASS);
    assertThatThrownBy(() -> model(mood, Task.linear("mood", Head.Pooling.MEAN, true, SCORE)))
        .hasMessage("two heads are named mood");
    assertThatThrownBy(() -> model(mood, Task.linear("mood.now", Head.Pooling.MEAN, true, SCORE)))
        .hasMessage("another head's name must not begin with \"mood.\"");
    assertThatThrownBy(() -> model(Task.linear("encoder", Head.Pooling.FIRST, false, CLASS)))
        .hasMessageContaining("a head must not have the name of a part of the encoder: encoder.");
    assertThatThrownBy(() -> model(Task.linear("pooler.dense", Head.Pooling.FIRST, false, CLASS)))
        .hasMessage("a head must not have the name of a part of the encoder: pooler.dense.weight");
  }

  @Test
  void namesValuesThatAreNoWeightTemperatureOrScale() {
    assertThatThrownBy(() -> new Weight(-1, 1, 3))
        .hasMessage("a weight from -1.0 to 1.0 in 3 steps must not be negative");
    assertThatThrownBy(() -> Weight.constant(Double.NaN))
        .hasMessage("a weight from NaN to NaN in 0 steps must not be negative");
    assertThatThrownBy(() -> new SoftClassLoss("a", "a", Weight.ONE, 0))
        .hasMessage("temperature must be above 0, is 0.0");
    assertThatThrownBy(() -> new InBatchLoss("a", "a", Weight.ONE, Double.NaN))
        .hasMessage("scale must be above 0, is NaN");
  }
}
