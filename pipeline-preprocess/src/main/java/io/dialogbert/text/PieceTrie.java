package io.dialogbert.text;

import java.util.Arrays;

/**
 * Finds the pieces that start at a place in a text. One hash table holds all edges, from (node,
 * code point) to node.
 */
final class PieceTrie {
  static final int ROOT = 0;
  static final int NONE = -1;

  private static final int CODE_POINT_BITS = 21;

  private long[] keys = new long[1024];
  private int[] children = new int[1024];
  private int[] pieces = {NONE};
  private int numNodes = 1;

  PieceTrie(PieceSet set) {
    for (int piece = 0; piece < set.size(); piece++) {
      int node = ROOT;
      int start = set.starts()[piece];
      for (int i = start; i < start + set.lengths()[piece]; i++) {
        node = childOrNew(node, set.text()[i]);
      }
      pieces[node] = piece;
    }
  }

  /** The node after one more code point, or {@link #NONE}. */
  int child(int node, int codePoint) {
    long key = key(node, codePoint);
    int slot = slot(key);
    return keys[slot] == key ? children[slot] : NONE;
  }

  /** The piece that ends at a node, or {@link #NONE}. */
  int piece(int node) {
    return pieces[node];
  }

  private int childOrNew(int node, int codePoint) {
    int child = child(node, codePoint);
    if (child != NONE) {
      return child;
    }
    if (numNodes * 2 > keys.length) {
      grow();
    }
    if (numNodes == pieces.length) {
      pieces = Arrays.copyOf(pieces, numNodes * 2);
    }
    pieces[numNodes] = NONE;
    put(key(node, codePoint), numNodes);
    return numNodes++;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldChildren = children;
    keys = new long[oldKeys.length * 2];
    children = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        put(oldKeys[i], oldChildren[i]);
      }
    }
  }

  private void put(long key, int child) {
    int slot = slot(key);
    keys[slot] = key;
    children[slot] = child;
  }

  /** The slot of a key, or the free one where it belongs. */
  private int slot(long key) {
    int mask = keys.length - 1;
    // Fibonacci hashing: the multiplier is 2^64 divided by the golden ratio.
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Never 0, which marks a free slot. */
  private static long key(int node, int codePoint) {
    return ((long) (node + 1) << CODE_POINT_BITS) | codePoint;
  }
}
