package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.model.head.ClassificationNetwork;
import io.dialogbert.model.head.DistillationLoss;
import io.dialogbert.model.head.PretrainingNetwork;
import io.dialogbert.model.kernel.DropoutSeeds;
import io.dialogbert.model.kernel.Nd4jKernels;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Checks gradients against central differences, in double: along a random direction within each
 * parameter, and once element by element.
 */
public class GradientTest {
  private static final double STEP = 1e-5;

  private interface Check {
    void run(ParameterLayout layout, INDArray flat, INDArray gradient, DoubleSupplier loss);
  }

  private static final int[] LENGTHS = {4, 1, 8};

  @Test
  void pretrainingGradientIsTheSlopeOfTheLoss() {
    checkPretraining(0, LENGTHS);
  }

  @Test
  void pretrainingGradientIsTheSlopeOfTheLossUnderAFixedDropoutMask() {
    checkPretraining(0.3, LENGTHS);
  }

  @Test
  void eachElementOfThePretrainingGradientIsTheSlopeOfTheLoss() {
    EncoderConfig config = ModelFixtures.tinyConfig(0.3).withNumHiddenLayers(1);
    PackedBatch batch = ModelFixtures.batch(config, 2, ModelFixtures.SEED, 5, 2);
    checkPretraining(config, batch, GradientTest::checkEachElement);
  }

  @Test
  void pretrainingGradientHoldsForOneSequenceOfOneToken() {
    checkPretraining(0, 1);
  }

  @Test
  void pretrainingGradientHoldsWhereExamplesAreNoPairs() {
    EncoderConfig config = ModelFixtures.tinyConfig(0.3);
    PackedBatch pairs = ModelFixtures.batch(config, 2, ModelFixtures.SEED, LENGTHS);
    PackedBatch batch =
        new PackedBatch(
            pairs.inputIds(),
            pairs.positionIds(),
            pairs.segmentIds(),
            pairs.turnIds(),
            pairs.sequenceOffsets(),
            pairs.maskedRows(),
            pairs.maskedLmIds(),
            new int[0],
            PackedBatch.NO_TEACHER);
    checkPretraining(config, batch, GradientTest::check);
  }

  @Test
  void pretrainingGradientHoldsWhereNothingIsMasked() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    PackedBatch masked = ModelFixtures.batch(config, 2, ModelFixtures.SEED, LENGTHS);
    PackedBatch batch =
        new PackedBatch(
            masked.inputIds(),
            masked.positionIds(),
            masked.segmentIds(),
            masked.turnIds(),
            masked.sequenceOffsets(),
            new int[0],
            new int[0],
            masked.labels(),
            PackedBatch.NO_TEACHER);
    checkPretraining(config, batch, GradientTest::check);
  }

  @Test
  void classificationGradientIsTheSlopeOfTheLoss() {
    checkClassification(0, DistillationLoss.LABELS_ONLY);
  }

  @Test
  void classificationGradientIsTheSlopeOfSoftAndHardLossUnderAFixedDropoutMask() {
    checkClassification(0.3, new DistillationLoss(0.3, 0.7, 2.5));
  }

  private static void checkPretraining(double dropout, int... lengths) {
    EncoderConfig config = ModelFixtures.tinyConfig(dropout);
    checkPretraining(
        config, ModelFixtures.batch(config, 2, ModelFixtures.SEED, lengths), GradientTest::check);
  }

  private static void checkPretraining(EncoderConfig config, PackedBatch batch, Check check) {
    ParameterLayout layout = ParameterLayout.pretraining(config);
    INDArray flat = ModelFixtures.parameters(layout, DataType.DOUBLE, ModelFixtures.SEED);
    PretrainingNetwork network =
        new PretrainingNetwork(config, flat, new Nd4jKernels(DataType.DOUBLE));
    DropoutSeeds seeds = DropoutSeeds.of(ModelFixtures.SEED, 3);
    INDArray gradient =
        Nd4j.valueArrayOf(new long[] {layout.length()}, Double.NaN, DataType.DOUBLE);
    network.gradient(batch, batch, seeds, gradient);
    check.run(layout, flat, gradient, () -> network.score(batch, batch, seeds).loss());
  }

  private static void checkClassification(double dropout, DistillationLoss loss) {
    EncoderConfig config = ModelFixtures.tinyConfig(dropout);
    int numClasses = 5;
    float[][] teacher = {{1, -2, 0.5f, 0, 3}, {0, 0.25f, -1, 2, 1}, {-1, 4, 0, 0.5f, 1}};
    PackedBatch batch =
        ModelFixtures.batch(config, numClasses, ModelFixtures.SEED, LENGTHS)
            .withTeacherLogits(teacher);
    ParameterLayout layout = ParameterLayout.classification(config, numClasses);
    INDArray flat = ModelFixtures.parameters(layout, DataType.DOUBLE, ModelFixtures.SEED);
    ClassificationNetwork network =
        new ClassificationNetwork(config, numClasses, loss, flat, new Nd4jKernels(DataType.DOUBLE));
    DropoutSeeds seeds = DropoutSeeds.of(ModelFixtures.SEED, 3);
    INDArray gradient =
        Nd4j.valueArrayOf(new long[] {layout.length()}, Double.NaN, DataType.DOUBLE);
    network.gradient(batch, batch, seeds, gradient);
    check(layout, flat, gradient, () -> network.score(batch, batch, seeds).loss(loss));
  }

  private static void check(
      ParameterLayout layout, INDArray flat, INDArray gradient, DoubleSupplier loss) {
    SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      double[] direction = random.doubles(parameter.length(), -1, 1).toArray();
      checkAlong(parameter, direction, layout, flat, gradient, loss);
    }
  }

  private static void checkEachElement(
      ParameterLayout layout, INDArray flat, INDArray gradient, DoubleSupplier loss) {
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      double[] direction = new double[Math.toIntExact(parameter.length())];
      for (int i = 0; i < direction.length; i++) {
        direction[i] = 1;
        checkAlong(parameter, direction, layout, flat, gradient, loss);
        direction[i] = 0;
      }
    }
  }

  private static void checkAlong(
      ParameterLayout.Parameter parameter,
      double[] direction,
      ParameterLayout layout,
      INDArray flat,
      INDArray gradient,
      DoubleSupplier loss) {
    INDArray values = layout.view(flat, parameter.name());
    INDArray step = Nd4j.createFromArray(direction).reshape(values.shape()).muli(STEP);
    INDArray start = values.dup();
    values.assign(start.add(step));
    double above = loss.getAsDouble();
    values.assign(start.sub(step));
    double below = loss.getAsDouble();
    values.assign(start);
    double slope = (above - below) / (2 * STEP);
    INDArray slopes = layout.view(gradient, parameter.name());
    double expected = slopes.mul(step).sumNumber().doubleValue() / STEP;
    assertThat(Math.abs(expected - slope))
        .as(
            "%s: gradient %s, slope %s along %s (tests.seed %d)",
            parameter.name(), expected, slope, Arrays.toString(direction), ModelFixtures.SEED)
        .isLessThan(1e-8 + 1e-5 * Math.abs(slope));
  }
}
