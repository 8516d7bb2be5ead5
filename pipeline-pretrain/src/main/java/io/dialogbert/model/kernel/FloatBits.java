package io.dialogbert.model.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Loops that convert between floats and the integers with the same bits. The JVM's compiler does
 * not vectorize that conversion, so whole blocks go through native memory. Not thread-safe.
 */
public final class FloatBits {
  /** Elements of one block: a few blocks fit into a core's L2 cache. */
  public static final int SIZE = 4096;

  private int[] bits = new int[0];
  private float[] powers = new float[0];
  private IntBuffer sharedInts;
  private FloatBuffer sharedFloats;

  FloatBits() {
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

  /** Repeats a vector {@code rows} times. */
  static void tile(HostFloats vector, int rows, float[] tile) {
    int columns = Math.toIntExact(vector.capacity());
    vector.read(0, tile, columns);
    for (int row = 1; row < rows; row++) {
      System.arraycopy(tile, 0, tile, row * columns, columns);
    }
  }

  /** x = exp(x) for x up to 0, within 2e-7 of the exact value; exp(-87) for x below -87. */
  void exp(float[] x, int length) {
    reserve(length);
    VectorLoops.expReduced(x, powers, length);
    sharedFloats.put(0, powers, 0, length);
    sharedInts.get(0, bits, 0, length);
    VectorLoops.powersOfTwo(bits, length);
    sharedInts.put(0, bits, 0, length);
    sharedFloats.get(0, powers, 0, length);
    VectorLoops.multiply(x, powers, length);
  }

  /** Elements {@code from} to {@code from + length} of a dropout mask, times its scale. */
  void mask(Dropout dropout, long from, float[] mask, int length) {
    int keptValue = Float.floatToRawIntBits((float) dropout.scale());
    for (int done = 0; done < length; done += SIZE) {
      int count = Math.min(SIZE, length - done);
      dropout.fill(bits, from + done, count, keptValue);
      sharedInts.put(0, bits, 0, count);
      sharedFloats.get(0, mask, done, count);
    }
  }
}
