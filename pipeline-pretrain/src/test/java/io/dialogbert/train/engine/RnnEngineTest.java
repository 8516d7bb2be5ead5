package io.dialogbert.train.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.Target;
import io.dialogbert.model.dl4j.L2Norm;
import io.dialogbert.model.dl4j.RnnConfig;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.Loss;
import io.dialogbert.model.head.ScoreLoss;
import io.dialogbert.model.head.Weight;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.schedule.FixedSchedule;

/** An RNN of stock layers learns by the losses of encoders. */
final class RnnEngineTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String REPEAT = "repeat with -Dtests.seed=" + SEED;
  private static final RnnConfig RNN = new RnnConfig(30, 8, 6, 0.1);
  private static final String HEAD = Head.CLASSIFIER;
  private static final TrainingSettings SETTINGS = settings(0.01);

  private static TrainingSettings settings(double weightDecay) {
    return new TrainingSettings(
        new FixedSchedule(0.02),
        weightDecay,
        0.9,
        0.999,
        1e-6,
        1,
        TrainingSettings.Optimizer.ADAMW);
  }

  private static Trainer<PackedBatch> open(int outputs, Loss loss, boolean readsPairs) {
    return opened(RNN.create(outputs, readsPairs, SETTINGS, SEED), loss, readsPairs);
  }

  private static Trainer<PackedBatch> opened(
      ComputationGraph graph, Loss loss, boolean readsPairs) {
    Trainer<PackedBatch> trainer =
        new RnnEngine(graph.getConfiguration().toJson(), loss, readsPairs).open(1, SEED, 100);
    trainer.setStep(0);
    float[] params = graph.params().dup().data().asFloat();
    trainer.params().write(0, params, params.length);
    float[] moments = new float[(int) trainer.optimizerState().length()];
    trainer.optimizerState().write(0, moments, moments.length);
    return trainer;
  }

  /** Texts of 1 to 9 tokens; the class is that of the first. */
  private static int[] text(SplittableRandom random, int topic) {
    int[] ids = random.ints(random.nextInt(1, 10), 16, 30).toArray();
    ids[0] = 10 + topic;
    return ids;
  }

  private static void add(PackedBatch.Builder batch, int[] first, int[] second) {
    int[] ids = IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    int[] segments = IntStream.range(0, ids.length).map(i -> i < first.length ? 0 : 1).toArray();
    batch.add(ids, segments, new int[ids.length]);
  }

  private static double[] train(Trainer<PackedBatch> trainer, PackedBatch batch) {
    double first = trainer.step(batch).loss();
    double last = first;
    for (int i = 0; i < 60; i++) {
      last = trainer.step(batch).loss();
    }
    return new double[] {first, last};
  }

  private static PackedBatch texts(SplittableRandom random, int count) {
    PackedBatch.Builder batch = PackedBatch.builder();
    for (int i = 0; i < count; i++) {
      add(batch, text(random, i % 2), new int[0]);
    }
    return batch.build();
  }

  private static int[] topics(int count) {
    return IntStream.range(0, count).map(i -> i % 2).toArray();
  }

  @Test
  void learnsClassesTheSameTwice() {
    PackedBatch batch =
        texts(new SplittableRandom(SEED), 16).with(HEAD, new Target.Classes(topics(16)));
    Loss loss = new ClassLoss("", HEAD, Weight.ONE);
    try (Trainer<PackedBatch> one = open(2, loss, false);
        Trainer<PackedBatch> other = open(2, loss, false)) {
      double[] losses = train(one, batch);
      assertThat(losses[0]).as(REPEAT).isCloseTo(Math.log(2), within(0.2));
      assertThat(losses[1]).as(REPEAT).isLessThan(0.2 * losses[0]);
      assertThat(train(other, batch)).as(REPEAT).isEqualTo(losses);
      assertThat(other.predict(batch, HEAD)).isDeepEqualTo(one.predict(batch, HEAD));
      assertThat(one.score(batch).mean("accuracy")).isEqualTo(1);
    }
  }

  @Test
  void learnsWhetherTextsOfAPairHaveOneTopic() {
    SplittableRandom random = new SplittableRandom(SEED);
    PackedBatch.Builder builder = PackedBatch.builder();
    float[] scores = new float[32];
    for (int i = 0; i < 32; i++) {
      add(builder, text(random, i % 2), text(random, i / 2 % 2));
      scores[i] = i % 2 == i / 2 % 2 ? 1 : 0;
    }
    PackedBatch batch = builder.build().with(HEAD, new Target.Scores(scores));
    try (Trainer<PackedBatch> trainer = open(1, new ScoreLoss("", HEAD, Weight.ONE), true)) {
      double[] losses = train(trainer, batch);
      assertThat(losses[1]).as(REPEAT).isLessThan(0.3 * losses[0]);
    }
  }

  @Test
  void learnsVectorsFromTheOtherRepliesOfTheBatch() {
    SplittableRandom random = new SplittableRandom(SEED);
    PackedBatch.Builder builder = PackedBatch.builder();
    for (int i = 0; i < 6; i++) {
      add(builder, text(random, i), new int[0]);
      add(builder, text(random, i), new int[0]);
    }
    PackedBatch batch =
        builder.build().with(HEAD, new Target.Pairs(IntStream.range(0, 6).toArray(), new int[0]));
    try (Trainer<PackedBatch> trainer = open(0, new InBatchLoss("", HEAD, Weight.ONE, 20), false)) {
      double[] losses = train(trainer, batch);
      assertThat(losses[1]).as(REPEAT).isLessThan(0.3 * losses[0]);
      assertThat(trainer.predict(batch, HEAD)[0]).hasSize(RNN.vectorSize());
    }
  }

  /** Both directions of the LSTM, and the maximum, end with the text. */
  @Test
  void paddingChangesNothing() {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] text = {10, 17, 20};
    PackedBatch.Builder alone = PackedBatch.builder();
    add(alone, text, new int[0]);
    PackedBatch.Builder beside = PackedBatch.builder();
    add(beside, text, new int[0]);
    add(beside, random.ints(25, 16, 30).toArray(), new int[0]);
    try (Trainer<PackedBatch> trainer = open(3, new ClassLoss("", HEAD, Weight.ONE), false)) {
      float[] outputs = trainer.predict(alone.build(), HEAD)[0];
      assertThat(trainer.predict(beside.build(), HEAD)[0])
          .as(REPEAT)
          .containsExactly(outputs, within(1e-5f));
    }
  }

  /** With the loss from outside, loss and gradient are those of DL4J's own output layer. */
  @Test
  void hasTheGradientOfAStockOutputLayer() {
    PackedBatch batch =
        texts(new SplittableRandom(SEED), 16).with(HEAD, new Target.Classes(topics(16)));
    RnnConfig noDropout = new RnnConfig(30, 8, 6, 0);
    // DL4J's score counts the decay, too.
    ComputationGraph graph = noDropout.create(2, false, settings(0), SEED);
    ComputationGraph stock =
        new TransferLearning.GraphBuilder(graph)
            .removeVertexAndConnections("output")
            .addLayer(
                "output",
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(noDropout.vectorSize())
                    .nOut(2)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "vector")
            .setOutputs("output")
            .build();
    graph.paramTable().forEach(stock::setParam);
    PaddedTexts texts = PaddedTexts.of(batch);
    INDArray labels = Nd4j.zeros(16, 2);
    IntStream.range(0, 16).forEach(b -> labels.putScalar(b, b % 2, 1));
    stock.setInputs(Nd4j.createFromArray(texts.ids()));
    stock.setLabels(labels);
    stock.setLayerMaskArrays(new INDArray[] {Nd4j.createFromArray(texts.mask())}, null);
    stock.computeGradientAndScore();
    try (Trainer<PackedBatch> trainer = opened(graph, new ClassLoss("", HEAD, Weight.ONE), false)) {
      Trainer.Step step = trainer.step(batch);
      assertThat(step.loss()).as(REPEAT).isCloseTo(stock.score(), withinPercentage(0.01));
      // DL4J's gradient is that of the sum over the batch.
      assertThat(16 * step.gradientNorm())
          .as(REPEAT)
          .isCloseTo(L2Norm.of(stock.gradient().gradient()), withinPercentage(0.01));
    }
  }

  @Test
  void refusesAPairOfOneText() {
    PackedBatch batch = texts(new SplittableRandom(SEED), 2);
    try (Trainer<PackedBatch> trainer = open(1, new ScoreLoss("", HEAD, Weight.ONE), true)) {
      assertThatThrownBy(() -> trainer.predict(batch, HEAD))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("sequence 0 has no second text");
    }
  }
}
