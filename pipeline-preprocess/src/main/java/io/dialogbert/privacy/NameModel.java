package io.dialogbert.privacy;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A linear-chain conditional random field over the characters of a text. It tells how probable it
 * is that a character belongs to a name. Immutable.
 *
 * @see <a href="https://repository.upenn.edu/cis_papers/159/">Lafferty, McCallum and Pereira 2001,
 *     section 3</a>
 */
final class NameModel {
  /** A character outside names. */
  static final int OUTSIDE = 0;

  /** The first character of a name of several. */
  static final int FIRST = 1;

  /** A character within a name. */
  static final int INNER = 2;

  /** The last character of a name of several. */
  static final int LAST = 3;

  /** The only character of a name. */
  static final int ONLY = 4;

  static final int NUM_LABELS = 5;
  private static final int MAGIC = 0x4E414D31;
  private static final int KEY_BYTES = 5;

  /** Weights are stored as multiples of this. */
  private static final float UNIT = 1 / 16f;

  private final float[] transitions = new float[NUM_LABELS * NUM_LABELS];

  /** An open hash table of keys plus 1; 0 marks a free slot. */
  private final long[] keys;

  private final byte[] weights;

  private NameModel(DataInputStream in) throws IOException {
    if (in.readInt() != MAGIC) {
      throw new IOException("not a model of names");
    }
    for (int i = 0; i < transitions.length; i++) {
      transitions[i] = in.readFloat();
    }
    int size = in.readInt();
    int slots = Integer.highestOneBit(Math.max(1, size)) * 4;
    keys = new long[slots];
    weights = new byte[slots * NUM_LABELS];
    for (int n = 0; n < size; n++) {
      long key = 0;
      for (int i = 0; i < KEY_BYTES; i++) {
        key = (key << 8) | in.readUnsignedByte();
      }
      int slot = slot(key);
      while (keys[slot] != 0) {
        slot = (slot + 1) & (slots - 1);
      }
      keys[slot] = key + 1;
      in.readFully(weights, slot * NUM_LABELS, NUM_LABELS);
    }
  }

  /** Reads what {@link #write} wrote. */
  static NameModel read(InputStream in) throws IOException {
    try (DataInputStream data =
        new DataInputStream(new BufferedInputStream(new GZIPInputStream(in)))) {
      return new NameModel(data);
    }
  }

  /**
   * Writes a trained model. Weights are rounded to sixteenths; features whose weights all become 0
   * are left out.
   *
   * @param transitions weight of each label after each, by {@code 5 * previous + next}
   * @param features the weight of each label, by the feature's key
   */
  static void write(float[] transitions, Map<Long, float[]> features, OutputStream out)
      throws IOException {
    Map<Long, byte[]> rounded = new TreeMap<>();
    features.forEach(
        (key, weights) -> {
          byte[] bytes = new byte[NUM_LABELS];
          boolean any = false;
          for (int label = 0; label < NUM_LABELS; label++) {
            int units = Math.round(weights[label] / UNIT);
            bytes[label] = (byte) Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, units));
            any |= bytes[label] != 0;
          }
          if (any) {
            rounded.put(key, bytes);
          }
        });
    try (DataOutputStream data = new DataOutputStream(new GZIPOutputStream(out))) {
      data.writeInt(MAGIC);
      for (float weight : transitions) {
        data.writeFloat(weight);
      }
      data.writeInt(rounded.size());
      for (Map.Entry<Long, byte[]> feature : rounded.entrySet()) {
        for (int shift = 8 * (KEY_BYTES - 1); shift >= 0; shift -= 8) {
          data.writeByte((int) (feature.getKey() >> shift));
        }
        data.write(feature.getValue());
      }
    }
  }

  private int slot(long key) {
    return (int) (key ^ (key >>> 20)) & (keys.length - 1);
  }

  /** Adds the weights of a feature to {@code scores[at, at + 5)}. */
  private void add(long key, float[] scores, int at) {
    for (int slot = slot(key); keys[slot] != 0; slot = (slot + 1) & (keys.length - 1)) {
      if (keys[slot] == key + 1) {
        for (int label = 0; label < NUM_LABELS; label++) {
          scores[at + label] += weights[slot * NUM_LABELS + label] * UNIT;
        }
        return;
      }
    }
  }

  /**
   * The probability that each character belongs to a name.
   *
   * @param features of the text, which has been read
   * @param length number of characters
   */
  float[] probabilities(NameFeatures features, int length) {
    float[] scores = new float[length * NUM_LABELS];
    long[] found = new long[NameFeatures.MAX_PER_CHARACTER];
    for (int i = 0; i < length; i++) {
      int number = features.of(i, found);
      for (int k = 0; k < number; k++) {
        add(found[k], scores, i * NUM_LABELS);
      }
    }
    double[] marginals = marginals(scores, transitions, length, null);
    float[] ofNames = new float[length];
    for (int i = 0; i < length; i++) {
      ofNames[i] = (float) (1 - marginals[i * NUM_LABELS + OUTSIDE]);
    }
    return ofNames;
  }

  /**
   * The probability of each label at each position, by the forward-backward algorithm. Each
   * position is scaled to a sum of 1.
   *
   * @param scores weight of each label at each position, by {@code 5 * position + label}
   * @param transitions weight of each label after each, by {@code 5 * previous + next}
   * @param length number of positions
   * @param pairs if not null, receives the expected number of each label after each
   * @return by {@code 5 * position + label}
   * @see <a href="https://doi.org/10.1109/5.18626">Rabiner 1989, section V.A, on scaling</a>
   */
  static double[] marginals(float[] scores, float[] transitions, int length, double[] pairs) {
    double[] transition = new double[NUM_LABELS * NUM_LABELS];
    for (int i = 0; i < transition.length; i++) {
      transition[i] = Math.exp(transitions[i]);
    }
    double[] emission = new double[length * NUM_LABELS];
    double[] forward = new double[length * NUM_LABELS];
    for (int i = 0; i < length; i++) {
      int at = i * NUM_LABELS;
      double most = Double.NEGATIVE_INFINITY;
      for (int label = 0; label < NUM_LABELS; label++) {
        most = Math.max(most, scores[at + label]);
      }
      for (int label = 0; label < NUM_LABELS; label++) {
        emission[at + label] = Math.exp(scores[at + label] - most);
        double before = i == 0 ? 1 : 0;
        for (int previous = 0; i > 0 && previous < NUM_LABELS; previous++) {
          before += forward[at - NUM_LABELS + previous] * transition[previous * NUM_LABELS + label];
        }
        forward[at + label] = before * emission[at + label];
      }
      scale(forward, at);
    }
    double[] marginals = new double[length * NUM_LABELS];
    double[] backward = {1, 1, 1, 1, 1};
    double[] pair = new double[transition.length];
    for (int i = length - 1; i >= 0; i--) {
      int at = i * NUM_LABELS;
      for (int label = 0; label < NUM_LABELS; label++) {
        marginals[at + label] = forward[at + label] * backward[label];
      }
      scale(marginals, at);
      double[] here = backward;
      backward = new double[NUM_LABELS];
      double all = 0;
      for (int previous = 0; i > 0 && previous < NUM_LABELS; previous++) {
        for (int label = 0; label < NUM_LABELS; label++) {
          int of = previous * NUM_LABELS + label;
          double onward = transition[of] * emission[at + label] * here[label];
          backward[previous] += onward;
          pair[of] = forward[at - NUM_LABELS + previous] * onward;
          all += pair[of];
        }
      }
      for (int of = 0; pairs != null && i > 0 && of < pair.length; of++) {
        pairs[of] += pair[of] / all;
      }
      scale(backward, 0);
    }
    return marginals;
  }

  private static void scale(double[] values, int at) {
    double sum = 0;
    for (int label = 0; label < NUM_LABELS; label++) {
      sum += values[at + label];
    }
    for (int label = 0; label < NUM_LABELS; label++) {
      values[at + label] /= sum;
    }
  }
}
