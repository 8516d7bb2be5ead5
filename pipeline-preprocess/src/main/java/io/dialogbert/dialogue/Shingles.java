package io.dialogbert.dialogue;

import java.util.Arrays;

/**
 * The shingles of a text: all runs of n characters (UTF-16 units), skipping spaces and line ends,
 * each as a 64-bit hash. Shingles are of characters, not words, since Korean chats are spaced
 * freely and Japanese has no spaces. A text shorter than a shingle has none.
 */
public final class Shingles {
  /** Odd, so that no character of a shingle is shifted out. */
  private static final long BASE = 0x9E3779B97F4A7C15L;

  private Shingles() {}

  /** The hashes of all shingles in order, with repeats. */
  public static long[] of(String text, int length) {
    long[] hashes = new long[Math.max(0, text.length() - length + 1)];
    char[] ring = new char[length];
    long leaving = 1;
    for (int i = 0; i < length; i++) {
      leaving *= BASE;
    }
    long rolling = 0;
    int taken = 0;
    int slot = 0;
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      if (Character.isWhitespace(next)) {
        continue;
      }
      rolling = rolling * BASE + next - leaving * ring[slot];
      ring[slot] = next;
      slot = slot + 1 == length ? 0 : slot + 1;
      taken++;
      if (taken >= length) {
        hashes[taken - length] = mix(rolling);
      }
    }
    return Arrays.copyOf(hashes, Math.max(0, taken - length + 1));
  }

  /** The distinct hashes, ascending. */
  public static long[] set(String text, int length) {
    long[] hashes = of(text, length);
    Arrays.sort(hashes);
    int size = 0;
    for (int i = 0; i < hashes.length; i++) {
      if (i == 0 || hashes[i] != hashes[i - 1]) {
        hashes[size++] = hashes[i];
      }
    }
    return Arrays.copyOf(hashes, size);
  }

  /**
   * The Jaccard similarity of two sets of {@link #set}: shared shingles divided by all shingles; 0
   * if both are empty.
   */
  public static double jaccard(long[] a, long[] b) {
    int shared = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        shared++;
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    int all = a.length + b.length - shared;
    return all == 0 ? 0 : (double) shared / all;
  }

  /** The finalizer of SplittableRandom: sums of powers are not yet random bits. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
