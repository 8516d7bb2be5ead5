package io.dialogbert.text.morpheme;

import java.util.Arrays;

/**
 * A trie over symbols, such as code points. One hash table holds all edges, from (node, symbol) to
 * node. Nodes are numbered from 0, the root, in the order they were added. A finished trie is
 * read-only and may be shared by threads.
 */
public final class Trie {
  public static final int ROOT = 0;

  /** Stands for a missing node. */
  public static final int NONE = -1;

  private static final int SYMBOL_BITS = 21;

  private long[] keys = new long[1024];
  private int[] children = new int[1024];
  private int numNodes = 1;

  /** The number of nodes, the root included. */
  int numNodes() {
    return numNodes;
  }

  /**
   * The node after the next symbol, or {@link #NONE}.
   *
   * @param symbol in [0, 2^21)
   */
  public int child(int node, int symbol) {
    long key = key(node, symbol);
    int slot = slot(key);
    return keys[slot] == key ? children[slot] : NONE;
  }

  /** The node after the next symbol, added if it is missing. */
  public int childOrNew(int node, int symbol) {
    int child = child(node, symbol);
    if (child != NONE) {
      return child;
    }
    if (numNodes * 2 > keys.length) {
      grow();
    }
    put(key(node, symbol), numNodes);
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

  /** The slot of a key, or the free slot where it belongs. */
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
  private static long key(int node, int symbol) {
    return ((long) (node + 1) << SYMBOL_BITS) | symbol;
  }

  /** A new array with one value per node, all {@link #NONE}. */
  public int[] nodeValues() {
    int[] values = new int[numNodes];
    Arrays.fill(values, NONE);
    return values;
  }
}
