package io.dialogbert.model;

import io.dialogbert.common.Seeds;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Initial values as in BERT: matrices from a truncated normal, biases 0, layer-normalization
 * weights 1. Each parameter is drawn from the seed and its own name, so models that share a name
 * and shape get the same initial values there.
 */
public final class ParameterInit {
  private ParameterInit() {}

  public static void fill(ParameterLayout layout, INDArray flat, EncoderConfig config, long seed) {
    for (ParameterLayout.Parameter parameter : layout.parameters()) {
      INDArray view = layout.view(flat, parameter.name());
      if (parameter.decayed()) {
        SplittableRandom random = Seeds.of(seed, parameter.name());
        INDArray values =
            truncatedNormal(random, Math.toIntExact(parameter.length()), config.initializerRange());
        view.assign(values.reshape(view.shape()));
        // Frees the memory now instead of at a later collection, when training needs it.
        values.close();
      } else {
        view.assign(parameter.name().endsWith("LayerNorm.weight") ? 1 : 0);
      }
    }
  }

  /** Normal values; those more than two standard deviations from 0 are drawn again. */
  private static INDArray truncatedNormal(SplittableRandom random, int length, double deviation) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      double value = random.nextGaussian();
      while (Math.abs(value) > 2) {
        value = random.nextGaussian();
      }
      values[i] = (float) (value * deviation);
    }
    return Nd4j.createFromArray(values);
  }
}
