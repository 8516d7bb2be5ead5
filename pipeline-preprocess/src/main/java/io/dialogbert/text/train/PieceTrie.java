package io.dialogbert.text.train;

import io.dialogbert.text.morpheme.Trie;
import java.util.BitSet;

/** Finds the pieces that start at a position in a text. */
final class PieceTrie {
  static final int ROOT = Trie.ROOT;
  static final int NONE = Trie.NONE;

  private final Trie trie = new Trie();
  private final BitSet goesOn = new BitSet();
  private final int[] pieces;

  PieceTrie(PieceSet set) {
    int[] nodes = new int[set.size()];
    for (int piece = 0; piece < set.size(); piece++) {
      int node = ROOT;
      int start = set.starts()[piece];
      for (int i = start; i < start + set.lengths()[piece]; i++) {
        goesOn.set(node);
        node = trie.childOrNew(node, set.text()[i]);
      }
      nodes[piece] = node;
    }
    pieces = trie.nodeValues();
    for (int piece = 0; piece < nodes.length; piece++) {
      pieces[nodes[piece]] = piece;
    }
  }

  /** The node after the next symbol, or {@link #NONE}. */
  int child(int node, int symbol) {
    return trie.child(node, symbol);
  }

  /** The piece that ends at a node, or {@link #NONE}. */
  int piece(int node) {
    return pieces[node];
  }

  /** Whether no piece continues past a node. */
  boolean isLeaf(int node) {
    return !goesOn.get(node);
  }
}
