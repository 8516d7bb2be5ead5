package io.dialogbert.model.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.common.BadInputException;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.Target;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.Losses;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Nd4jKernels;
import io.dialogbert.model.kernel.Precision;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
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
    return ModelFixtures.classified(
        ModelFixtures.batch(ModelFixtures.tinyConfig(0), NUM_CLASSES, SEED, 7, 3, 9, 5, 2, 8));
  }

  private static ModelConfig model(EncoderConfig encoder, ClassSet classes, Loss... losses) {
    return new ModelConfig(
        encoder,
        List.of(Head.classifier(Head.CLASSIFIER, classes)),
        losses.length == 0 ? List.of(hard(1)) : List.of(losses));
  }

  private static Loss hard(double weight) {
    return new ClassLoss("", Head.CLASSIFIER, Weight.constant(weight));
  }

  private static Loss soft(double weight) {
    return new SoftClassLoss("soft", Head.CLASSIFIER, Weight.constant(weight), 2);
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
    ModelConfig model = model(ModelFixtures.tinyConfig(0), CLASSES, hard(0.25), soft(0.75));
    Losses losses = Losses.of(3).with("loss", 6, 3).with("soft_loss", 3, 3);
    // 0.25 * 6 / 3 + 0.75 * 2^2 * 3 / 3
    assertThat(model.loss(losses, 0)).isCloseTo(3.5, within(1e-12));
  }

  @Test
  void learnsABatchByHeartFromLabels() {
    ComputationGraph graph =
        Graphs.create(model(ModelFixtures.tinyConfig(0), CLASSES), SETTINGS, SEED);
    MultiDataSet data = ModelFixtures.dataSet(graph, batch());
    for (int i = 0; i < 150; i++) {
      graph.fit(data);
    }
    Losses losses = Graphs.score(graph, batch());
    assertThat(losses.mean("loss")).as("tests.seed %d", SEED).isLessThan(0.1);
    assertThat(losses.mean("accuracy")).isEqualTo(1);
  }

  @Test
  void aStudentComesToAgreeWithItsTeacher() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ComputationGraph teacher = Graphs.create(model(config, CLASSES), SETTINGS, SEED);
    for (int i = 0; i < 60; i++) {
      Graphs.fit(teacher, batch());
    }
    ComputationGraph student =
        Graphs.create(
            model(config.withNumHiddenLayers(1), CLASSES, hard(0), soft(1)), SETTINGS, SEED);
    List<String> copied =
        Graphs.copyParameters(teacher, student, ParameterLayout.fromTeacherLayers(List.of(1)));
    assertThat(copied).hasSize(Graphs.layout(student).parameters().size());
    PackedBatch taught =
        batch()
            .with(
                Head.CLASSIFIER,
                new Target.SoftClasses(
                    InferenceModel.of(teacher, Precision.FLOAT32)
                        .predict(batch(), Head.CLASSIFIER)));
    double first = Graphs.fit(student, taught).mean("soft_loss");
    for (int i = 0; i < 100; i++) {
      Graphs.fit(student, taught);
    }
    double last = Graphs.lastLosses(student).mean("soft_loss");
    assertThat(last).as("first %s, tests.seed %d", first, SEED).isLessThan(0.05 * first);
  }

  @Test
  void startsFromAPretrainedEncoder() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ComputationGraph pretrained = Graphs.create(ModelFixtures.pretraining(config), SETTINGS, SEED);
    ComputationGraph classifier = Graphs.create(model(config, CLASSES), SETTINGS, SEED + 1);
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
    ComputationGraph graph =
        Graphs.create(
            model(ModelFixtures.tinyConfig(0.1), CLASSES, hard(0.5), soft(0.5)), SETTINGS, SEED);
    File zip = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(graph, zip, true);
    ComputationGraph loaded = ComputationGraph.load(zip, true);
    float[][] logits =
        InferenceModel.of(graph, Precision.FLOAT32).predict(batch(), Head.CLASSIFIER);
    assertThat(InferenceModel.of(loaded, Precision.FLOAT32).predict(batch(), Head.CLASSIFIER))
        .isDeepEqualTo(logits);
    INDArray features = BatchArrays.features(batch());
    assertThat(loaded.output(features)[0]).isEqualTo(graph.output(features)[0]);
    assertThat(loaded.getConfiguration()).isEqualTo(graph.getConfiguration());
    assertThat(Graphs.model(loaded).head(Head.CLASSIFIER).outputs()).isEqualTo(CLASSES);
  }

  @Test
  void classesThatAreNotRecordedAreNotKnownToBeTheSame() {
    ClassSet unnamed = ClassSet.unnamed("classes", NUM_CLASSES);
    assertThat(unnamed.isSame(unnamed)).isFalse();
    assertThat(CLASSES.isSame(CLASSES)).isTrue();
  }

  @Test
  void anEncoderIsCopiedWithoutItsClassifier() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    ComputationGraph from = Graphs.create(model(config, CLASSES), SETTINGS, SEED);
    for (int numClasses : new int[] {NUM_CLASSES, NUM_CLASSES + 1}) {
      ClassSet others = new ClassSet("moods", numClasses, "fedcba9876543210");
      ComputationGraph to = Graphs.create(model(config, others), SETTINGS, SEED + 1);
      ComputationGraph before = Graphs.create(model(config, others), SETTINGS, SEED + 1);
      Graphs.copyEncoder(from, to);
      ParameterLayout layout = Graphs.layout(to);
      assertThat(layout.view(flat(to), "pooler.dense.weight"))
          .isEqualTo(Graphs.layout(from).view(flat(from), "pooler.dense.weight"));
      assertThat(layout.view(flat(to), "classifier.weight"))
          .isEqualTo(layout.view(flat(before), "classifier.weight"));
    }
  }

  @Test
  void refusesATeacherOfOtherClasses() {
    ComputationGraph graph =
        Graphs.create(
            model(ModelFixtures.tinyConfig(0), CLASSES, hard(0.5), soft(0.5)), SETTINGS, SEED);
    PackedBatch taught = batch().with(Head.CLASSIFIER, new Target.SoftClasses(new float[6][3]));
    assertThatThrownBy(() -> Graphs.fit(graph, taught))
        .isInstanceOf(BadInputException.class)
        .hasMessage("head classifier has 4 classes, the teacher's logits of sequence 0 are 3");
  }
}
