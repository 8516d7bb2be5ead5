package io.dialogbert.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.SoftClassLoss;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.DropoutSeeds;
import java.util.Arrays;
import java.util.List;
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
  void pretrainingGradientHoldsWhereHeadsAreNarrowerOrWiderThanTheHiddenSize() {
    for (int headSize : new int[] {2, 5}) {
      EncoderConfig config = ModelFixtures.tinyConfig(0.3).withShape(2, 6, 2, headSize, 7);
      PackedBatch batch = ModelFixtures.batch(config, 2, ModelFixtures.SEED, LENGTHS);
      checkPretraining(config, batch, GradientTest::check);
    }
  }

  @Test
  void pretrainingGradientHoldsForOneSequenceOfOneToken() {
    checkPretraining(0, 1);
  }

  @Test
  void pretrainingGradientHoldsWhereExamplesAreNoPairs() {
    EncoderConfig config = ModelFixtures.tinyConfig(0.3);
    PackedBatch pairs = ModelFixtures.batch(config, 2, ModelFixtures.SEED, LENGTHS);
    checkPretraining(config, ModelFixtures.without(pairs, Head.NEXT_SENTENCE), GradientTest::check);
  }

  @Test
  void pretrainingGradientHoldsWhereNothingIsMasked() {
    EncoderConfig config = ModelFixtures.tinyConfig(0);
    PackedBatch masked = ModelFixtures.batch(config, 2, ModelFixtures.SEED, LENGTHS);
    checkPretraining(config, ModelFixtures.without(masked, Head.MASKED_LM), GradientTest::check);
  }

  @Test
  void classificationGradientIsTheSlopeOfTheLoss() {
    checkClassification(0, List.of(new ClassLoss("", Head.CLASSIFIER, Weight.ONE)));
  }

  @Test
  void classificationGradientIsTheSlopeOfSoftAndHardLossUnderAFixedDropoutMask() {
    checkClassification(
        0.3,
        List.of(
            new ClassLoss("", Head.CLASSIFIER, Weight.constant(0.3)),
            new SoftClassLoss("soft", Head.CLASSIFIER, Weight.constant(0.7), 2.5)));
  }

  private static void checkPretraining(double dropout, int... lengths) {
    EncoderConfig config = ModelFixtures.tinyConfig(dropout);
    checkPretraining(
        config, ModelFixtures.batch(config, 2, ModelFixtures.SEED, lengths), GradientTest::check);
  }

  private static void checkPretraining(EncoderConfig config, PackedBatch batch, Check check) {
    check(ModelFixtures.pretraining(config), batch, check);
  }

  private static void checkClassification(double dropout, List<Loss> losses) {
    EncoderConfig config = ModelFixtures.tinyConfig(dropout);
    int numClasses = 5;
    float[][] teacher = {{1, -2, 0.5f, 0, 3}, {0, 0.25f, -1, 2, 1}, {-1, 4, 0, 0.5f, 1}};
    PackedBatch batch =
        ModelFixtures.classified(
            ModelFixtures.batch(config, numClasses, ModelFixtures.SEED, LENGTHS));
    if (losses.size() > 1) {
      batch = batch.with(Head.CLASSIFIER, new Target.SoftClasses(teacher));
    }
    ModelConfig model =
        new ModelConfig(config, ModelFixtures.classifier(config, numClasses).heads(), losses);
    check(model, batch, GradientTest::check);
  }

  /**
   * Compares the gradient of a model's loss on a batch to its slope, under fixed dropout masks: of
   * each parameter of a head and of what heads share, and of all others together.
   */
  static void checkHeads(ModelConfig model, PackedBatch batch) {
    check(
        model,
        batch,
        (layout, flat, gradient, loss) -> {
          SplittableRandom random = new SplittableRandom(ModelFixtures.SEED);
          // Short enough that the many elements together leave the slope straight.
          INDArray others =
              Nd4j.createFromArray(random.doubles(layout.length(), -0.1, 0.1).toArray());
          for (ParameterLayout.Parameter parameter : layout.parameters()) {
            String name = parameter.name();
            if (model.isOfHead(name)
                || name.startsWith("pooler.")
                || name.equals(ParameterLayout.WORD_EMBEDDINGS)) {
              double[] direction = random.doubles(parameter.length(), -1, 1).toArray();
              checkAlong(parameter, direction, layout, flat, gradient, loss);
              layout.view(others, name).assign(0);
            }
          }
          checkAlong("the encoder", others, flat, gradient, loss);
        });
  }

  private static void check(ModelConfig model, PackedBatch batch, Check check) {
    ParameterLayout layout = model.layout();
    INDArray flat = ModelFixtures.parameters(layout, DataType.DOUBLE, ModelFixtures.SEED);
    DataParallel network = ModelFixtures.networks(model, flat);
    DropoutSeeds seeds = DropoutSeeds.of(ModelFixtures.SEED, 3);
    INDArray gradient = ModelFixtures.gradient(model, DataType.DOUBLE);
    INDArray scratch = ModelFixtures.gradient(model, DataType.DOUBLE);
    int step = 3;
    network.gradient(batch, step, Integer.MAX_VALUE, seeds, gradient);
    check.run(
        layout,
        flat,
        gradient,
        () -> model.loss(network.gradient(batch, step, Integer.MAX_VALUE, seeds, scratch), step));
  }

  /** Compares a gradient to the slope of a loss along a random direction in each parameter. */
  static void check(ParameterLayout layout, INDArray flat, INDArray gradient, DoubleSupplier loss) {
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
    checkAlong(
        parameter.name(),
        Nd4j.createFromArray(direction).reshape(values.shape()),
        values,
        layout.view(gradient, parameter.name()),
        loss);
  }

  private static void checkAlong(
      String name, INDArray direction, INDArray values, INDArray gradient, DoubleSupplier loss) {
    INDArray start = values.dup();
    INDArray step = direction.mul(STEP);
    values.assign(start.add(step));
    double above = loss.getAsDouble();
    values.assign(start.sub(step));
    double below = loss.getAsDouble();
    values.assign(start);
    double slope = (above - below) / (2 * STEP);
    double expected = gradient.mul(direction).sumNumber().doubleValue();
    assertThat(Math.abs(expected - slope))
        .as(
            "%s: gradient %s, slope %s along %s (tests.seed %d)",
            name,
            expected,
            slope,
            Arrays.toString(direction.dup().data().asDouble()),
            ModelFixtures.SEED)
        .isLessThan(1e-8 + 1e-5 * Math.abs(slope));
  }
}
