package io.dialogbert.model;

import io.dialogbert.model.dl4j.BatchArrays;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.ClassLoss;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.DataParallel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.model.kernel.Nd4jKernels;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.train.PretrainingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Tiny encoders and batches. All sizes are different, so that a swapped axis fails. */
public final class ModelFixtures {
  /** Printed in failure messages; {@code -Dtests.seed=} repeats a run. */
  public static final long SEED = Long.getLong("tests.seed", 20191029L);

  static {
    // Several threads are slower on arrays this small, and much slower if other processes need the
    // cores.
    Threads.use(1);
  }

  private ModelFixtures() {}

  /** H 6, 2 layers, 3 heads, I 7, V 13, 9 positions, 2 segments, 2 turns. */
  public static EncoderConfig tinyConfig(double dropout) {
    return new EncoderConfig(6, 2, 3, 7, 13, 9, 2, 2, dropout, dropout, 0.02, 1e-12);
  }

  /** The pretraining network. */
  public static ModelConfig pretraining(EncoderConfig encoder) {
    return PretrainingTask.model(encoder);
  }

  /** A classifier that learns from labels. */
  public static ModelConfig classifier(EncoderConfig encoder, int numClasses) {
    return new ModelConfig(
        encoder,
        List.of(Head.classifier(Head.CLASSIFIER, ClassSet.unnamed("classes", numClasses))),
        List.of(new ClassLoss("", Head.CLASSIFIER, Weight.ONE)));
  }

  /** Loss of a batch, without dropout, with the weights of the first step. */
  public static double loss(ComputationGraph graph, PackedBatch batch) {
    return Graphs.model(graph).loss(Graphs.score(graph, batch), 0);
  }

  /** The batch in the arrays of stock DL4J. */
  public static MultiDataSet dataSet(ComputationGraph graph, PackedBatch batch) {
    return BatchArrays.toDataSet(Graphs.model(graph), batch);
  }

  /** Networks over a vector of the model's layout, with plain kernels. */
  public static DataParallel networks(ModelConfig model, INDArray flat) {
    return DataParallel.over(model, flat, () -> new Nd4jKernels(flat.dataType()));
  }

  /** A vector to be overwritten by a gradient. */
  public static INDArray gradient(ModelConfig model, DataType type) {
    return Nd4j.valueArrayOf(new long[] {model.layout().length()}, Double.NaN, type);
  }

  /** Collects sequences with masked tokens and labels. */
  public static final class Sequences {
    private final PackedBatch.Builder batch = PackedBatch.builder();
    private final List<Integer> rows = new ArrayList<>();
    private final List<Integer> ids = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    /**
     * Adds a sequence.
     *
     * @param label of the pair; -1 for none
     */
    public Sequences add(
        int[] inputIds, int[] segmentIds, int[] turnIds, int[] masked, int[] maskedIds, int label) {
      int first = batch.add(inputIds, segmentIds, turnIds);
      for (int i = 0; i < masked.length; i++) {
        rows.add(first + masked[i]);
        ids.add(maskedIds[i]);
      }
      if (label >= 0) {
        labels.add(label);
      }
      return this;
    }

    /** Adds a sequence without masked tokens, its segment and turn ids all 0. */
    public Sequences add(int[] inputIds, int label) {
      int[] zeros = new int[inputIds.length];
      return add(inputIds, zeros, zeros, new int[0], new int[0], label);
    }

    /** The sequences, with labels if they have any. */
    public PackedBatch build() {
      PackedBatch built =
          batch.build().with(Head.MASKED_LM, new Target.TokenClasses(ints(rows), ints(ids)));
      Target.Classes classes = new Target.Classes(ints(labels));
      return labels.isEmpty() ? built : built.with(Head.NEXT_SENTENCE, classes);
    }

    private static int[] ints(List<Integer> values) {
      return values.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** Masked tokens of a batch. */
  public static Target.TokenClasses masked(PackedBatch batch) {
    return batch.target(Head.MASKED_LM, Target.TokenClasses.class).orElseThrow();
  }

  /** Labels of a batch's sequences. */
  public static int[] labels(PackedBatch batch) {
    return batch.target(Head.NEXT_SENTENCE, Target.Classes.class).orElseThrow().labels();
  }

  /** The batch with the labels of its pairs as those of a classifier, and no other targets. */
  public static PackedBatch classified(PackedBatch batch) {
    return without(batch, Head.MASKED_LM, Head.NEXT_SENTENCE)
        .with(Head.CLASSIFIER, new Target.Classes(labels(batch)));
  }

  /** The batch without the targets of some heads. */
  public static PackedBatch without(PackedBatch batch, String... heads) {
    Map<String, List<Target>> targets = new TreeMap<>(batch.targets());
    targets.keySet().removeAll(List.of(heads));
    return new PackedBatch(
        batch.inputIds(),
        batch.positionIds(),
        batch.segmentIds(),
        batch.turnIds(),
        batch.sequenceOffsets(),
        batch.markedRows(),
        targets);
  }

  /**
   * Sequences of the given lengths with random ids; about a third of the tokens masked, at least
   * one.
   */
  public static PackedBatch batch(EncoderConfig config, int numLabels, long seed, int... lengths) {
    SplittableRandom random = new SplittableRandom(seed);
    Sequences sequences = new Sequences();
    for (int length : lengths) {
      int[] masked =
          random.ints(0, length).limit(Math.max(1, length / 3)).distinct().sorted().toArray();
      sequences.add(
          random.ints(length, 0, config.vocabSize()).toArray(),
          random.ints(length, 0, config.typeVocabSize()).toArray(),
          random.ints(length, 0, config.turnVocabSize()).toArray(),
          masked,
          random.ints(masked.length, 0, config.vocabSize()).toArray(),
          random.nextInt(numLabels));
    }
    return sequences.build();
  }

  /**
   * Values large enough that rounding hides no gradient: normal with deviation 0.4, layer-norm
   * weights near 1.
   */
  public static INDArray parameters(ParameterLayout layout, DataType type, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray flat = Nd4j.create(type, layout.length());
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      double center = parameter.name().endsWith("LayerNorm.weight") ? 1 : 0;
      for (long i = 0; i < parameter.length(); i++) {
        flat.putScalar(parameter.offset() + i, center + 0.4 * random.nextGaussian());
      }
    }
    return flat;
  }

  /** One sequence of a batch as a separate batch. */
  public static PackedBatch single(PackedBatch batch, int sequence) {
    int from = batch.sequenceOffsets()[sequence];
    int to = batch.sequenceOffsets()[sequence + 1];
    Target.TokenClasses all = masked(batch);
    int[] masked =
        Arrays.stream(all.rows())
            .filter(row -> row >= from && row < to)
            .map(row -> row - from)
            .toArray();
    int firstMask = (int) Arrays.stream(all.rows()).filter(row -> row < from).count();
    return new Sequences()
        .add(
            Arrays.copyOfRange(batch.inputIds(), from, to),
            Arrays.copyOfRange(batch.segmentIds(), from, to),
            Arrays.copyOfRange(batch.turnIds(), from, to),
            masked,
            Arrays.copyOfRange(all.labels(), firstMask, firstMask + masked.length),
            labels(batch)[sequence])
        .build();
  }
}
