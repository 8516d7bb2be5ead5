package io.dialogbert.model.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.ClassificationScore;
import io.dialogbert.model.head.DistillationLoss;
import io.dialogbert.model.kernel.Nd4jKernels;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

class ClassificationModelTest {
  private static final long SEED = ModelFixtures.SEED;
  private static final int NUM_CLASSES = 4;
  private static final ClassSet CLASSES = new ClassSet("moods", NUM_CLASSES, "0123456789abcdef");
  private static final TrainingSettings SETTINGS =
      new TrainingSettings(
          new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);

  private static PackedBatch batch() {
    PackedBatch masked =
        ModelFixtures.batch(ModelFixtures.tinyConfig(0), NUM_CLASSES, SEED, 7, 3, 9, 5, 2, 8);
    return new PackedBatch(
        masked.inputIds(),
        masked.positionIds(),
        masked.segmentIds(),
        masked.turnIds(),
        masked.sequenceOffsets(),
        new int[0],
        new int[0],
        masked.labels(),
        PackedBatch.NO_TEACHER);
  }

  @Test
  void softLossIsTheDivergenceAtTheTemperature() {
    // By hand: T 2, student (2, 0) gives softmax (1, 0) = (0.731059, 0.268941), teacher (0, 0)
    // gives (0.5, 0.5);
    // KL = 0.5 ln(0.5 / 0.731059) + 0.5 ln(0.5 / 0.268941) = 0.120115.
    INDArray student = Nd4j.createFromArray(new double[][] {{2, 0}});
    INDArray teacher = Nd4j.createFromArray(new double[][] {{0, 0}});
    double divergence = new Nd4jKernels(DataType.DOUBLE).softCrossEntropy(student, teacher, 2, 3);
    assertThat(divergence).isCloseTo(0.1201145, within(1e-6));
    assertThat(student.getDouble(0, 0)).isCloseTo(3 * 0.2310586, within(1e-6));
    assertThat(student.getDouble(0, 1)).isCloseTo(-3 * 0.2310586, within(1e-6));
  }

  @Test
  void lossWeighsHardAndSoftPartsWithTheSquaredTemperature() {
    ClassificationScore score = new ClassificationScore(6, 3, 1, 3);
    // 0.25 * 6 / 3 + 0.75 * 2^2 * 3 / 3
    assertThat(score.loss(new DistillationLoss(0.25, 0.75, 2))).isCloseTo(3.5, within(1e-12));
  }

  @Test
  void learnsABatchByHeartFromLabels() {
    ComputationGraph graph =
        ClassificationModel.create(ModelFixtures.tinyConfig(0), CLASSES, SETTINGS, SEED);
    MultiDataSet data = ClassificationModel.toDataSet(batch());
    for (int i = 0; i < 150; i++) {
      graph.fit(data);
    }
    ClassificationScore score = ClassificationModel.score(graph, batch());
    assertThat(score.hardLoss()).as("tests.seed %d", SEED).isLessThan(0.1);
    assertThat(score.accuracy()).isEqualTo(1);
  }

  @Test
  void aStudentComesToAgreeWithItsTeacher() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ComputationGraph teacher = ClassificationModel.create(config, CLASSES, SETTINGS, SEED);
    MultiDataSet labels = ClassificationModel.toDataSet(batch());
    for (int i = 0; i < 60; i++) {
      teacher.fit(labels);
    }
    DistillationLoss loss = new DistillationLoss(0, 1, 2);
    ComputationGraph student =
        ClassificationModel.create(config.withNumHiddenLayers(1), CLASSES, loss, SETTINGS, SEED);
    List<String> copied =
        Graphs.copyParameters(teacher, student, ParameterLayout.fromTeacherLayers(List.of(1)));
    assertThat(copied).hasSize(Graphs.layout(student).parameters().size());
    MultiDataSet soft =
        ClassificationModel.toDataSet(
            batch().withTeacherLogits(InferenceModel.of(teacher).predict(batch())));
    student.fit(soft);
    double first = ClassificationModel.lastTrainingScore(student).softLoss();
    for (int i = 0; i < 100; i++) {
      student.fit(soft);
    }
    double last = ClassificationModel.lastTrainingScore(student).softLoss();
    assertThat(last).as("first %s, tests.seed %d", first, SEED).isLessThan(0.05 * first);
  }

  @Test
  void startsFromAPretrainedEncoder() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ComputationGraph pretrained = PretrainingModel.create(config, SETTINGS, SEED);
    ComputationGraph classifier = ClassificationModel.create(config, CLASSES, SETTINGS, SEED + 1);
    float untouched =
        Graphs.layout(classifier).view(flat(classifier), "classifier.weight").getFloat(1, 2);
    List<String> copied = Graphs.copyParameters(pretrained, classifier);
    assertThat(copied).hasSize(Graphs.layout(classifier).parameters().size() - 2);
    String name = "encoder.layer.1.attention.self.key.weight";
    assertThat(Graphs.layout(classifier).view(flat(classifier), name))
        .isEqualTo(Graphs.layout(pretrained).view(flat(pretrained), name));
    assertThat(Graphs.layout(classifier).view(flat(classifier), "classifier.weight").getFloat(1, 2))
        .isEqualTo(untouched);
  }

  private static INDArray flat(ComputationGraph graph) {
    return graph.params().reshape(graph.numParams());
  }

  @Test
  void stockLoadGivesTheSameLogits(@TempDir Path directory) throws Exception {
    DistillationLoss loss = new DistillationLoss(0.5, 0.5, 2);
    ComputationGraph graph =
        ClassificationModel.create(ModelFixtures.tinyConfig(0.1), CLASSES, loss, SETTINGS, SEED);
    File zip = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, zip, true);
    ComputationGraph loaded = ComputationGraph.load(zip, true);
    float[][] logits = InferenceModel.of(graph).predict(batch());
    assertThat(InferenceModel.of(loaded).predict(batch())).isDeepEqualTo(logits);
    INDArray features = BatchArrays.features(batch());
    assertThat(loaded.output(features)[0]).isEqualTo(graph.output(features)[0]);
    assertThat(loaded.getConfiguration()).isEqualTo(graph.getConfiguration());
    assertThat(ClassificationModel.classes(loaded)).hasValue(CLASSES);
  }

  @Test
  void aCheckpointOfAnOlderVersionDoesNotTellItsClasses() {
    String json =
        ClassificationModel.create(ModelFixtures.tinyConfig(0), CLASSES, SETTINGS, SEED)
            .getConfiguration()
            .toJson();
    String older = json.replaceAll("\"(task|classesSha256)\" : \"[^\"]*\",?", "");
    assertThat(older).hasSizeLessThan(json.length()).doesNotContain("moods");
    ComputationGraph graph =
        new ComputationGraph(
            ComputationGraphConfiguration.fromJson(older.replaceAll(",(\\s*})", "$1")));
    graph.init();
    ClassSet classes = ClassificationModel.classes(graph).orElseThrow();
    assertThat(classes).isEqualTo(ClassSet.unknown(NUM_CLASSES));
    assertThat(classes.isSame(classes)).as("nobody knows").isFalse();
  }

  @Test
  void anEncoderIsCopiedWithoutItsClassifier() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ComputationGraph from = ClassificationModel.create(config, CLASSES, SETTINGS, SEED);
    for (int numClasses : new int[] {NUM_CLASSES, NUM_CLASSES + 1}) {
      ClassSet others = new ClassSet("moods", numClasses, "fedcba9876543210");
      ComputationGraph to = ClassificationModel.create(config, others, SETTINGS, SEED + 1);
      ComputationGraph before = ClassificationModel.create(config, others, SETTINGS, SEED + 1);
      ClassificationModel.copyEncoder(from, to);
      ParameterLayout layout = Graphs.layout(to);
      assertThat(layout.view(flat(to), "pooler.dense.weight"))
          .isEqualTo(Graphs.layout(from).view(flat(from), "pooler.dense.weight"));
      assertThat(layout.view(flat(to), "classifier.weight"))
          .isEqualTo(layout.view(flat(before), "classifier.weight"));
    }
  }

  @Test
  void asksForTheTeacherThatItsLossNeeds() {
    ComputationGraph graph =
        ClassificationModel.create(
            ModelFixtures.tinyConfig(0),
            CLASSES,
            new DistillationLoss(0.5, 0.5, 2),
            SETTINGS,
            SEED);
    assertThatThrownBy(() -> graph.fit(ClassificationModel.toDataSet(batch())))
        .isInstanceOf(BadInputException.class)
        // Threads share the batch's six sequences.
        .hasMessageMatching(
            "soft labels need teacher logits of shape \\[[1-6], 4\\], got \\[0, 0\\]");
  }
}
