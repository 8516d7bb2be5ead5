package io.dialogbert.model;

import io.dialogbert.model.kernel.Threads;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
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

  /**
   * Sequences of the given lengths with random ids; about a third of the tokens masked, at least
   * one.
   */
  public static PackedBatch batch(EncoderConfig config, int numLabels, long seed, int... lengths) {
    SplittableRandom random = new SplittableRandom(seed);
    PackedBatch.Builder builder = PackedBatch.builder();
    for (int length : lengths) {
      int[] masked =
          random.ints(0, length).limit(Math.max(1, length / 3)).distinct().sorted().toArray();
      builder.addMasked(
          random.ints(length, 0, config.vocabSize()).toArray(),
          random.ints(length, 0, config.typeVocabSize()).toArray(),
          random.ints(length, 0, config.turnVocabSize()).toArray(),
          masked,
          random.ints(masked.length, 0, config.vocabSize()).toArray(),
          random.nextInt(numLabels));
    }
    return builder.build();
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
    int[] masked =
        Arrays.stream(batch.maskedRows())
            .filter(row -> row >= from && row < to)
            .map(row -> row - from)
            .toArray();
    int firstMask = (int) Arrays.stream(batch.maskedRows()).filter(row -> row < from).count();
    return PackedBatch.builder()
        .addMasked(
            Arrays.copyOfRange(batch.inputIds(), from, to),
            Arrays.copyOfRange(batch.segmentIds(), from, to),
            Arrays.copyOfRange(batch.turnIds(), from, to),
            masked,
            Arrays.copyOfRange(batch.maskedLmIds(), firstMask, firstMask + masked.length),
            batch.labels()[sequence])
        .build();
  }
}
