package io.dialogbert.model.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.HeadFixtures;
import io.dialogbert.model.ModelFixtures;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.kernel.Arena;
import io.dialogbert.model.kernel.Nd4jKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What holds for any outputs: losses that compare sequences do not depend on their order. */
class LossPropertiesTest {
  private static final long SEED = ModelFixtures.SEED;
  private static final int ROUNDS = 50;
  private static final EncoderConfig CONFIG = ModelFixtures.tinyConfig(0);
  private static final InBatchLoss PAIRS = new InBatchLoss("pairs", "a", Weight.ONE, 20);
  private static final ClassLoss CLASSES = new ClassLoss("classes", "a", Weight.ONE);
  private static final GroupLoss GROUPS = new GroupLoss("groups", "a", Weight.ONE);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Random shuffler = new Random(SEED);

  /** A loss and the gradient of the outputs. */
  private record Result(Losses losses, INDArray gradient) {}

  private static Result compute(Loss loss, Target target, INDArray outputs) {
    int[] lengths = new int[outputs.rows()];
    Arrays.fill(lengths, 1);
    PackedBatch batch =
        HeadFixtures.sequences(CONFIG, new SplittableRandom(SEED), lengths).with("a", target);
    INDArray gradient = outputs.dup();
    Losses losses =
        loss.compute(
            new Nd4jKernels(DataType.DOUBLE), new Arena(DataType.DOUBLE), batch, gradient, 1);
    return new Result(losses, gradient);
  }

  private INDArray outputs(int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      Arrays.setAll(row, i -> random.nextGaussian());
    }
    return Nd4j.createFromArray(values);
  }

  private List<Integer> order(int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, shuffler);
    return order;
  }

  private static INDArray rows(INDArray matrix, List<Integer> rows) {
    double[][] values = matrix.toDoubleMatrix();
    return Nd4j.createFromArray(rows.stream().map(row -> values[row]).toArray(double[][]::new));
  }

  private void assertSame(Result actual, Result expected, List<Integer> rows, int round) {
    assertThat(actual.losses().sums().keySet()).isEqualTo(expected.losses().sums().keySet());
    expected
        .losses()
        .sums()
        .forEach(
            (name, sum) -> {
              assertThat(actual.losses().count(name)).isEqualTo(sum.count());
              assertThat(actual.losses().mean(name))
                  .as("%s, seed %d, round %d", name, SEED, round)
                  .isCloseTo(expected.losses().mean(name), within(1e-10));
            });
    assertThat(actual.gradient().distance2(rows(expected.gradient(), rows)))
        .as("gradient, seed %d, round %d", SEED, round)
        .isLessThan(1e-10);
  }

  @Test
  void pairsMayComeInAnyOrder() {
    for (int round = 0; round < ROUNDS; round++) {
      int count = 1 + random.nextInt(6);
      int[] keys = random.ints(count, 0, 4).toArray();
      INDArray outputs = outputs(2 * count, 5);
      List<Integer> order = order(count);
      List<Integer> rows =
          order.stream().flatMap(pair -> List.of(2 * pair, 2 * pair + 1).stream()).toList();
      int[] reordered = order.stream().mapToInt(pair -> keys[pair]).toArray();
      assertSame(
          compute(PAIRS, new Target.Pairs(reordered), rows(outputs, rows)),
          compute(PAIRS, new Target.Pairs(keys), outputs),
          rows,
          round);
    }
  }

  /** Only whether keys are equal matters; and the loss is the same in both directions. */
  @Test
  void pairsMayBeTurnedAroundAndTheirKeysRenamed() {
    for (int round = 0; round < ROUNDS; round++) {
      int count = 1 + random.nextInt(6);
      int[] keys = random.ints(count, 0, 4).toArray();
      int[] renamed = IntStream.of(keys).map(key -> 100 - 7 * key).toArray();
      INDArray outputs = outputs(2 * count, 5);
      List<Integer> turned = IntStream.range(0, 2 * count).map(row -> row ^ 1).boxed().toList();
      Result expected = compute(PAIRS, new Target.Pairs(keys), outputs);
      Result actual = compute(PAIRS, new Target.Pairs(renamed), rows(outputs, turned));
      assertThat(actual.losses().mean("pairs_loss"))
          .as("seed %d, round %d", SEED, round)
          .isCloseTo(expected.losses().mean("pairs_loss"), within(1e-10));
    }
  }

  /** Weights of 1 change nothing; a class of weight 0 teaches nothing. */
  @Test
  void classesCountByTheirWeights() {
    for (int round = 0; round < ROUNDS; round++) {
      int count = 1 + random.nextInt(6);
      int[] labels = random.ints(count, 0, 3).toArray();
      INDArray outputs = outputs(count, 3);
      Result plain = compute(CLASSES, new Target.Classes(labels), outputs);
      List<Integer> all = IntStream.range(0, count).boxed().toList();
      assertSame(
          compute(weighted(1, 1, 1), new Target.Classes(labels), outputs), plain, all, round);
      Result some = compute(weighted(2, 0, 0.5), new Target.Classes(labels), outputs);
      double sum = 0;
      for (int b = 0; b < count; b++) {
        double weight = new double[] {2, 0, 0.5}[labels[b]];
        Result alone =
            compute(CLASSES, new Target.Classes(new int[] {labels[b]}), rows(outputs, List.of(b)));
        sum += weight * alone.losses().mean("classes_loss");
        assertThat(rows(some.gradient(), List.of(b)).distance2(alone.gradient().mul(weight)))
            .as("seed %d, round %d", SEED, round)
            .isLessThan(1e-10);
      }
      assertThat(some.losses().mean("classes_loss"))
          .as("seed %d, round %d", SEED, round)
          .isCloseTo(sum / count, within(1e-10));
    }
  }

  private static ClassLoss weighted(double... weights) {
    return new ClassLoss("classes", "a", Weight.ONE, Arrays.stream(weights).boxed().toList());
  }

  @Test
  void weightsAreOfEachClassAndNotNegative() {
    assertThatThrownBy(() -> weighted(1, -0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a class's weight must be at least 0, is -0.5");
    Head head = Head.classifier("a", ClassSet.unnamed("moods", 3));
    assertThatThrownBy(() -> weighted(1, 2).requireFits(head, CONFIG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("head a has 3 classes, but there are weights of 2");
  }

  private static SoftClassLoss soft(double temperature) {
    return new SoftClassLoss("soft", "a", Weight.ONE, temperature);
  }

  private float[][] teacher(int rows, int columns, double size) {
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int c = 0; c < columns; c++) {
        row[c] = (float) (size * random.nextGaussian());
      }
    }
    return values;
  }

  /** Hinton et al. 2015, section 2: T^2 cancels what T takes from the gradient. */
  @Test
  void theGradientOfSmallLogitsHardlyDependsOnTheTemperature() {
    for (int round = 0; round < ROUNDS; round++) {
      INDArray outputs = outputs(4, 5).mul(0.01);
      Target target = new Target.SoftClasses(teacher(4, 5, 0.01));
      double norm = compute(soft(1), target, outputs).gradient().norm2Number().doubleValue();
      for (double temperature : new double[] {2, 4, 8}) {
        assertThat(
                compute(soft(temperature), target, outputs).gradient().norm2Number().doubleValue())
            .as("temperature %s, seed %d, round %d", temperature, SEED, round)
            .isCloseTo(norm, within(0.02 * norm));
      }
    }
  }

  /** So the divergence is a sum over classes, not a mean. */
  @Test
  void classesThatAreSplitIntoEqualOnesDivergeAsBefore() {
    for (int round = 0; round < ROUNDS; round++) {
      int copies = 2 + random.nextInt(3);
      double[][] student = outputs(3, 4).toDoubleMatrix();
      float[][] teacher = teacher(3, 4, 1);
      double[][] studentOfCopies = new double[3][4 * copies];
      float[][] teacherOfCopies = new float[3][4 * copies];
      for (int b = 0; b < 3; b++) {
        for (int c = 0; c < 4 * copies; c++) {
          studentOfCopies[b][c] = student[b][c % 4];
          teacherOfCopies[b][c] = teacher[b][c % 4];
        }
      }
      double whole =
          compute(soft(2), new Target.SoftClasses(teacher), Nd4j.createFromArray(student))
              .losses()
              .mean("soft_loss");
      assertThat(
              compute(
                      soft(2),
                      new Target.SoftClasses(teacherOfCopies),
                      Nd4j.createFromArray(studentOfCopies))
                  .losses()
                  .mean("soft_loss"))
          .as("seed %d, round %d", SEED, round)
          .isCloseTo(whole, within(1e-10));
    }
  }

  /**
   * Clark et al. 2019, section 3.2: cross-entropy against a mixture of the label and the teacher.
   */
  @Test
  void aLabelAndATeacherTogetherTeachTheirMixture() {
    for (int round = 0; round < ROUNDS; round++) {
      double share = random.nextDouble();
      int label = random.nextInt(4);
      INDArray outputs = outputs(1, 4);
      float[][] teacher = teacher(1, 4, 1);
      INDArray gradient =
          compute(CLASSES, new Target.Classes(new int[] {label}), outputs)
              .gradient()
              .mul(share)
              .add(
                  compute(soft(1), new Target.SoftClasses(teacher), outputs)
                      .gradient()
                      .mul(1 - share));
      double[] expected = probabilities(outputs.toDoubleVector());
      double[] soft =
          probabilities(new double[] {teacher[0][0], teacher[0][1], teacher[0][2], teacher[0][3]});
      for (int c = 0; c < 4; c++) {
        expected[c] -= share * (c == label ? 1 : 0) + (1 - share) * soft[c];
      }
      assertThat(gradient.toDoubleVector())
          .as("seed %d, round %d", SEED, round)
          .containsExactly(expected, within(1e-9));
    }
  }

  private static double[] probabilities(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(logit -> Math.exp(logit) / sum).toArray();
  }

  @Test
  void probabilitiesAddUpToOneAndDoNotOverflow() {
    float[] probabilities = Softmax.probabilities(new float[] {1000, 999, -1000});
    double second = 1 / (1 + Math.E);
    assertThat(probabilities[0]).isCloseTo((float) (1 - second), within(1e-6f));
    assertThat(probabilities[1]).isCloseTo((float) second, within(1e-6f));
    assertThat(probabilities[2]).isZero();
  }

  @Test
  void theLossOfPrefixesIsTheMeanOfThatOfEach() {
    for (int round = 0; round < ROUNDS; round++) {
      int count = 1 + random.nextInt(6);
      Target target = new Target.Pairs(random.ints(count, 0, 4).toArray());
      INDArray outputs = outputs(2 * count, 5);
      Result actual = compute(new MatryoshkaLoss(PAIRS, List.of(1, 3)), target, outputs);
      double loss = 0;
      double accuracy = 0;
      INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 2L * count, 5);
      for (int width : new int[] {1, 3, 5}) {
        Result prefix = compute(PAIRS, target, columns(outputs, width));
        loss += prefix.losses().mean("pairs_loss") / 3;
        accuracy += prefix.losses().mean("pairs_accuracy") / 3;
        columns(gradient, width).addi(prefix.gradient().div(3));
      }
      assertThat(actual.losses().mean("pairs_loss"))
          .as("seed %d, round %d", SEED, round)
          .isCloseTo(loss, within(1e-10));
      assertThat(actual.losses().mean("pairs_accuracy")).isCloseTo(accuracy, within(1e-10));
      assertThat(actual.gradient().distance2(gradient))
          .as("gradient, seed %d, round %d", SEED, round)
          .isLessThan(1e-10);
    }
  }

  private static INDArray columns(INDArray matrix, int width) {
    return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(0, width));
  }

  @Test
  void widthsOfPrefixesAscendBelowTheWhole() {
    for (List<Integer> bad : List.of(List.of(0), List.of(3, 3), List.of(4, 2))) {
      assertThatThrownBy(() -> new MatryoshkaLoss(PAIRS, bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("widths of prefixes must be positive and ascend, are " + bad);
    }
    Loss whole = new MatryoshkaLoss(PAIRS, List.of(2, CONFIG.hiddenSize()));
    assertThatThrownBy(() -> whole.requireFits(Head.meanVector("a"), CONFIG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a prefix of %d elements must be shorter than the vectors of head a, which have %d",
            CONFIG.hiddenSize(), CONFIG.hiddenSize());
  }

  /** By hand: cross-entropies of the first sequences over all columns, of the second over pairs. */
  @Test
  void furtherSequencesAreNegativesOfEachFirstOne() {
    for (int round = 0; round < ROUNDS; round++) {
      int pairs = 1 + random.nextInt(4);
      int further = random.nextInt(4);
      int[] keys = random.ints(pairs + further, 0, 5).toArray();
      INDArray outputs = outputs(2 * pairs + further, 5);
      double[][] vectors = outputs.toDoubleMatrix();
      double sum = 0;
      for (int i = 0; i < pairs; i++) {
        double bySecond = 0;
        double byFirst = 0;
        for (int j = 0; j < pairs + further; j++) {
          if (i == j || keys[i] != keys[j]) {
            int second = j < pairs ? 2 * j + 1 : pairs + j;
            bySecond += Math.exp(20 * cosine(vectors[2 * i], vectors[second]));
            byFirst += j < pairs ? Math.exp(20 * cosine(vectors[2 * j], vectors[2 * i + 1])) : 0;
          }
        }
        double own = 20 * cosine(vectors[2 * i], vectors[2 * i + 1]);
        sum += (Math.log(bySecond) + Math.log(byFirst)) / 2 - own;
      }
      Target target =
          new Target.Pairs(
              Arrays.copyOf(keys, pairs), Arrays.copyOfRange(keys, pairs, pairs + further));
      assertThat(compute(PAIRS, target, outputs).losses().mean("pairs_loss"))
          .as("seed %d, round %d", SEED, round)
          .isCloseTo(sum / pairs, within(1e-9));
    }
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squaresOfA += a[i] * a[i];
      squaresOfB += b[i] * b[i];
    }
    return dot / Math.sqrt(squaresOfA * squaresOfB);
  }

  @Test
  void aPairWithoutNegativesTeachesNothing() {
    for (int count = 1; count <= 3; count++) {
      Result result = compute(PAIRS, new Target.Pairs(new int[count]), outputs(2 * count, 5));
      assertThat(result.losses().mean("pairs_loss")).isZero();
      assertThat(result.losses().mean("pairs_accuracy")).isEqualTo(1);
      assertThat(result.gradient().norm1Number().doubleValue()).isZero();
    }
  }

  /** A vector of zeros has no direction: it is like no other, and the gradient is finite. */
  @Test
  void aVectorOfZerosHasAFiniteGradient() {
    Result result =
        compute(PAIRS, new Target.Pairs(new int[] {1, 2}), Nd4j.zeros(DataType.DOUBLE, 4, 5));
    assertThat(result.losses().mean("pairs_loss")).isCloseTo(Math.log(2), within(1e-12));
    assertThat(Double.isFinite(result.gradient().norm1Number().doubleValue())).isTrue();
  }

  @Test
  void groupsAndTheirCandidatesMayComeInAnyOrder() {
    for (int round = 0; round < ROUNDS; round++) {
      int count = 1 + random.nextInt(4);
      int[] sizes = random.ints(count, 1, 5).toArray();
      int[] answers = IntStream.of(sizes).map(random::nextInt).toArray();
      INDArray outputs = outputs(Arrays.stream(sizes).sum(), 1);
      List<Integer> groups = order(count);
      List<Integer> rows = new ArrayList<>();
      int[] newAnswers = new int[count];
      for (int i = 0; i < count; i++) {
        int group = groups.get(i);
        int from = IntStream.range(0, group).map(before -> sizes[before]).sum();
        List<Integer> candidates = order(sizes[group]);
        newAnswers[i] = candidates.indexOf(answers[group]);
        candidates.forEach(candidate -> rows.add(from + candidate));
      }
      int[] newSizes = groups.stream().mapToInt(group -> sizes[group]).toArray();
      assertSame(
          compute(GROUPS, new Target.Groups(newSizes, newAnswers), rows(outputs, rows)),
          compute(GROUPS, new Target.Groups(sizes, answers), outputs),
          rows,
          round);
    }
  }

  /** Sums of whole numbers, which a double adds up exactly. */
  @Test
  void lossesAddUpInAnyGrouping() {
    for (int round = 0; round < ROUNDS; round++) {
      List<Losses> parts = new ArrayList<>();
      long sequences = 0;
      TreeMap<String, Losses.Sum> expected = new TreeMap<>();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        Losses part = Losses.of(random.nextInt(9));
        for (String name : List.of("a_loss", "a_accuracy", "b_loss")) {
          if (random.nextBoolean()) {
            Losses.Sum sum = new Losses.Sum(random.nextInt(1000), random.nextInt(50));
            part = part.with(name, sum.sum(), sum.count());
            expected.merge(
                name, sum, (x, y) -> new Losses.Sum(x.sum() + y.sum(), x.count() + y.count()));
          }
        }
        sequences += part.sequences();
        parts.add(part);
      }
      while (parts.size() > 1) {
        int at = random.nextInt(parts.size() - 1);
        parts.set(at, parts.get(at).plus(parts.remove(at + 1)));
      }
      assertThat(parts.get(0))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(new Losses(expected, sequences));
      assertThat(Losses.ZERO.plus(parts.get(0))).isEqualTo(parts.get(0));
    }
  }
}
