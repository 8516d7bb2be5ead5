package io.dialogbert.distill.teacher;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The greatest logits of an example, and what all others amount to. Letters: C classes, K of them.
 *
 * @param classes [K], each once
 * @param logits [K]
 * @param rest log of the sum of exp of the other C - K logits; minus infinity if there are none
 */
record TopLogits(int[] classes, float[] logits, float rest) {
  /**
   * The greatest logits, in descending order; of equal ones, the first class is first.
   *
   * @param all [C]
   * @param k K, at most C
   */
  static TopLogits of(float[] all, int k) {
    int[] order =
        IntStream.range(0, all.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer c) -> -all[c]))
            .mapToInt(c -> c)
            .toArray();
    int[] classes = Arrays.copyOf(order, k);
    float[] logits = new float[k];
    for (int i = 0; i < k; i++) {
      logits[i] = all[classes[i]];
    }
    if (k == all.length) {
      return new TopLogits(classes, logits, Float.NEGATIVE_INFINITY);
    }
    double greatest = all[order[k]];
    double sum = 0;
    for (int i = k; i < all.length; i++) {
      sum += Math.exp(all[order[i]] - greatest);
    }
    return new TopLogits(classes, logits, (float) (Math.log(sum) + greatest));
  }

  /**
   * Logits of all classes. Those that are left out share the rest evenly: the softmax has the
   * probabilities of the K classes, and no class of the rest is preferred.
   *
   * @param numClasses C
   */
  float[] all(int numClasses) {
    float[] all = new float[numClasses];
    Arrays.fill(all, (float) (rest - Math.log(numClasses - classes.length)));
    for (int i = 0; i < classes.length; i++) {
      all[classes[i]] = logits[i];
    }
    return all;
  }
}
