package io.dialogbert.model;

import io.dialogbert.common.Seeds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * The loops that need a float's bits as a whole number or back. The JVM's compiler does not
 * vectorize that conversion, so whole blocks go through native memory. One thread.
 */
final class FloatBlocks {
  /** Elements of one block: a handful of them fit into a core's second-level cache. */
  static final int SIZE = 4096;

  // i * 0x9E3779B1, as a table because a loop that computes with its own index stays scalar.
  private static final int[] SPREAD = new int[SIZE];

  static {
    for (int i = 0; i < SIZE; i++) {
      SPREAD[i] = i * 0x9E3779B1;
    }
  }

  private int[] bits = new int[0];
  private float[] powers = new float[0];
  private IntBuffer sharedInts;
  private FloatBuffer sharedFloats;

  FloatBlocks() {
    reserve(SIZE);
  }

  private void reserve(int length) {
    if (bits.length < length) {
      bits = new int[length];
      powers = new float[length];
      ByteBuffer shared =
          ByteBuffer.allocateDirect(Float.BYTES * length).order(ByteOrder.nativeOrder());
      sharedInts = shared.asIntBuffer();
      sharedFloats = shared.asFloatBuffer();
    }
  }

  /** x = exp(x) for x up to 0, within 2e-7 of the value; exp(-87) for what is below -87. */
  void exp(float[] x, int length) {
    reserve(length);
    FloatLoops.expReduced(x, powers, length);
    sharedFloats.put(0, powers, 0, length);
    sharedInts.get(0, bits, 0, length);
    FloatLoops.powersOfTwo(bits, length);
    sharedInts.put(0, bits, 0, length);
    sharedFloats.get(0, powers, 0, length);
    FloatLoops.multiply(x, powers, length);
  }

  /**
   * Elements {@code from} to {@code from + length} of a dropout mask, times its scale: the same
   * numbers as {@link Dropout#fill}.
   */
  void mask(Dropout dropout, long from, float[] mask, int length) {
    long mixed = Seeds.hash(dropout.seed());
    int keptValue = Float.floatToRawIntBits((float) dropout.scale());
    int threshold = (int) Math.round(dropout.prob() * (1 << 24));
    for (int done = 0; done < length; done += SIZE) {
      int count = Math.min(SIZE, length - done);
      int first = (int) (from + done) * 0x9E3779B1;
      hash(bits, count, first, (int) mixed, (int) (mixed >>> 32), threshold, keptValue);
      sharedInts.put(0, bits, 0, count);
      sharedFloats.get(0, mask, done, count);
    }
  }

  private static void hash(
      int[] mask, int length, int first, int low, int high, int threshold, int keptValue) {
    int[] spread = SPREAD;
    for (int i = 0; i < length; i++) {
      int hash = (spread[i] + first) ^ low;
      hash = (hash ^ (hash >>> 16)) * 0x85EBCA6B;
      hash ^= high;
      hash = (hash ^ (hash >>> 13)) * 0xC2B2AE35;
      hash ^= hash >>> 16;
      mask[i] = ~(((hash >>> 8) - threshold) >> 31) & keptValue;
    }
  }
}
