package io.dialogbert.text;

import java.util.Arrays;

/**
 * All ways to cut one word into pieces: positions between code points are nodes, pieces are edges.
 * Keeps its buffers from word to word, so each thread needs its own.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, section 3.2</a>
 */
final class UnigramLattice {
  private static final int INITIAL_CAPACITY = 64;

  private final PieceTrie trie;
  private final double[] scores;

  private int length;
  private int numEdges;
  private int[] edgeStart = new int[INITIAL_CAPACITY];
  private int[] edgeEnd = new int[INITIAL_CAPACITY];
  private int[] edgePiece = new int[INITIAL_CAPACITY];

  /** Of each node: log probability of all ways to it, from it, and of the best way to it. */
  private double[] forward = new double[INITIAL_CAPACITY];

  private double[] backward = new double[INITIAL_CAPACITY];
  private double[] best = new double[INITIAL_CAPACITY];
  private int[] bestEdge = new int[INITIAL_CAPACITY];

  UnigramLattice(PieceTrie trie, double[] scores) {
    this.trie = trie;
    this.scores = scores;
  }

  /** Takes the word {@code text[from, to)}; every character of it must be a piece. */
  void setWord(int[] text, int from, int to) {
    length = to - from;
    numEdges = 0;
    if (length >= forward.length) {
      forward = new double[length * 2];
      backward = new double[length * 2];
      best = new double[length * 2];
      bestEdge = new int[length * 2];
    }
    for (int start = 0; start < length; start++) {
      int node = PieceTrie.ROOT;
      for (int end = start + 1; end <= length; end++) {
        node = trie.child(node, text[from + end - 1]);
        if (node == PieceTrie.NONE) {
          break;
        }
        if (trie.piece(node) != PieceTrie.NONE) {
          addEdge(start, end, trie.piece(node));
        }
      }
    }
  }

  private void addEdge(int start, int end, int piece) {
    if (numEdges == edgeStart.length) {
      edgeStart = Arrays.copyOf(edgeStart, numEdges * 2);
      edgeEnd = Arrays.copyOf(edgeEnd, numEdges * 2);
      edgePiece = Arrays.copyOf(edgePiece, numEdges * 2);
    }
    edgeStart[numEdges] = start;
    edgeEnd[numEdges] = end;
    edgePiece[numEdges++] = piece;
  }

  /**
   * Adds the expected count of each piece in the word.
   *
   * @param count how often the word occurs
   * @param expected expected count of each piece; changed
   * @return log probability of the word, over all ways to cut it
   */
  double addExpectedCounts(long count, double[] expected) {
    Arrays.fill(forward, 0, length + 1, Double.NEGATIVE_INFINITY);
    Arrays.fill(backward, 0, length + 1, Double.NEGATIVE_INFINITY);
    forward[0] = 0;
    backward[length] = 0;
    // Edges are in the order of their starts, so the nodes before an edge are done when it comes.
    for (int e = 0; e < numEdges; e++) {
      double score = forward[edgeStart[e]] + scores[edgePiece[e]];
      forward[edgeEnd[e]] = logSumExp(forward[edgeEnd[e]], score);
    }
    for (int e = numEdges - 1; e >= 0; e--) {
      double score = backward[edgeEnd[e]] + scores[edgePiece[e]];
      backward[edgeStart[e]] = logSumExp(backward[edgeStart[e]], score);
    }
    double logProbability = forward[length];
    for (int e = 0; e < numEdges; e++) {
      double logPosterior =
          forward[edgeStart[e]] + scores[edgePiece[e]] + backward[edgeEnd[e]] - logProbability;
      expected[edgePiece[e]] += count * Math.exp(logPosterior);
    }
    return logProbability;
  }

  private static double logSumExp(double a, double b) {
    double larger = Math.max(a, b);
    double smaller = Math.min(a, b);
    return smaller == Double.NEGATIVE_INFINITY
        ? larger
        : larger + Math.log1p(Math.exp(smaller - larger));
  }

  /**
   * Finds the most probable way to cut the word.
   *
   * @param allowWhole whether the word as one piece counts
   * @return its pieces from the last to the first, empty if there is no way
   */
  int[] bestPieces(boolean allowWhole) {
    Arrays.fill(best, 0, length + 1, Double.NEGATIVE_INFINITY);
    best[0] = 0;
    for (int e = 0; e < numEdges; e++) {
      double score = best[edgeStart[e]] + scores[edgePiece[e]];
      boolean whole = edgeEnd[e] - edgeStart[e] == length;
      if (score > best[edgeEnd[e]] && (allowWhole || !whole)) {
        best[edgeEnd[e]] = score;
        bestEdge[edgeEnd[e]] = e;
      }
    }
    if (best[length] == Double.NEGATIVE_INFINITY) {
      return new int[0];
    }
    int[] pieces = new int[length];
    int size = 0;
    for (int node = length; node > 0; node = edgeStart[bestEdge[node]]) {
      pieces[size++] = edgePiece[bestEdge[node]];
    }
    return Arrays.copyOf(pieces, size);
  }
}
