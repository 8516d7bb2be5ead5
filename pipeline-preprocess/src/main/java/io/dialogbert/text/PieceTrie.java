package io.dialogbert.text;

/**
 * Finds the pieces that start at a place in a text: a trie in one hash table, in which a node is
 * the slot that holds it. Training looks up little else, in tables larger than the processor's
 * caches, so all about a node lies side by side.
 */
final class PieceTrie {
  static final int ROOT = 0;
  static final int NONE = -1;

  private static final int SYMBOL_BITS = 21;
  private static final long LEAF = 1L << 32;

  /**
   * Of slot {@code n}, which is node {@code n + 1}: at {@code 2 n} its parent and last symbol, 0 in
   * a free slot; then its piece in the lower half and whether it is a leaf in the upper.
   */
  private long[] slots;

  private int numNodes;

  PieceTrie(PieceSet set) {
    int capacity = Integer.highestOneBit(set.size()) * 2;
    while (!addAll(set, capacity)) {
      capacity *= 2;
    }
  }

  /** Builds the table; says whether it does for the pieces. */
  private boolean addAll(PieceSet set, int capacity) {
    slots = new long[2 * capacity];
    numNodes = 0;
    for (int piece = 0; piece < set.size(); piece++) {
      int node = ROOT;
      int start = set.starts()[piece];
      for (int i = start; i < start + set.lengths()[piece]; i++) {
        // With more of the slots taken, finding a free one takes long.
        if (numNodes > capacity / 8 * 5) {
          return false;
        }
        node = childOrNew(node, set.text()[i]);
      }
      slots[2 * node - 1] = slots[2 * node - 1] & LEAF | piece;
    }
    return true;
  }

  private int childOrNew(int parent, int symbol) {
    long key = key(parent, symbol);
    int slot = slot(key);
    if (slots[2 * slot] == 0) {
      slots[2 * slot] = key;
      slots[2 * slot + 1] = LEAF | (NONE & 0xFFFFFFFFL);
      numNodes++;
      if (parent != ROOT) {
        slots[2 * parent - 1] &= ~LEAF;
      }
    }
    return slot + 1;
  }

  /** The node after one more symbol, or {@link #NONE}. */
  int child(int node, int symbol) {
    int slot = slot(key(node, symbol));
    return slots[2 * slot] == 0 ? NONE : slot + 1;
  }

  /** The piece that ends at a node other than the root, or {@link #NONE}. */
  int piece(int node) {
    return (int) slots[2 * node - 1];
  }

  /** Whether no piece goes on after a node other than the root. */
  boolean isLeaf(int node) {
    return (slots[2 * node - 1] & LEAF) != 0;
  }

  /** The slot of a key, or the free one where it belongs. */
  private int slot(long key) {
    int mask = slots.length / 2 - 1;
    // Fibonacci hashing: the multiplier is 2^64 divided by the golden ratio.
    int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (slots[2 * slot] != 0 && slots[2 * slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Never 0, since no symbol of text is. */
  private static long key(int node, int symbol) {
    return ((long) node << SYMBOL_BITS) | symbol;
  }
}
