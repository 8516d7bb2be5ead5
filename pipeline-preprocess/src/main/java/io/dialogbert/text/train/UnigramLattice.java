package io.dialogbert.text.train;

import java.util.Arrays;

/**
 * All ways to cut one word into pieces. Positions between code points are nodes; pieces are edges.
 * Buffers are reused from word to word, so each thread needs its own instance.
 *
 * <p>Results for a shared prefix are reused for the next word: in sorted order, most of a word
 * repeats the previous one.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, section 3.2</a>
 */
final class UnigramLattice {
  private static final int INITIAL_CAPACITY = 64;

  private final PieceTrie trie;
  private final double[] scores;

  /** The word. */
  private int[] word = new int[INITIAL_CAPACITY];

  private int length;

  /** Edges ordered by end, then by start; this is the number that end at or before a node. */
  private int[] edgesUpTo = new int[INITIAL_CAPACITY];

  private int[] edgeStart = new int[INITIAL_CAPACITY];
  private int[] edgeEnd = new int[INITIAL_CAPACITY];
  private int[] edgePiece = new int[INITIAL_CAPACITY];

  /**
   * Start positions and trie nodes of the pieces that may continue past a node. Nodes follow each
   * other in order; this is the end of a node's entries.
   */
  private int[] openUpTo = new int[INITIAL_CAPACITY];

  private int[] openStart = new int[INITIAL_CAPACITY];
  private int[] openAt = new int[INITIAL_CAPACITY];

  /**
   * For each node: log probability of all paths to it, of all paths from it, and of the best path
   * to it.
   */
  private double[] forward = new double[INITIAL_CAPACITY];

  private double[] backward = new double[INITIAL_CAPACITY];
  private double[] best = new double[INITIAL_CAPACITY];
  private int[] bestEdge = new int[INITIAL_CAPACITY];

  /** The last node whose {@link #forward} is known. */
  private int lastForward;

  UnigramLattice(PieceTrie trie, double[] scores) {
    this.trie = trie;
    this.scores = scores;
  }

  /** Sets the word {@code text[from, to)}. Each of its characters must be a piece. */
  void setWord(int[] text, int from, int to) {
    int shared = 0;
    while (shared < Math.min(length, to - from) && word[shared] == text[from + shared]) {
      shared++;
    }
    length = to - from;
    lastForward = Math.min(lastForward, shared);
    if (length >= word.length) {
      int capacity = length * 2;
      word = Arrays.copyOf(word, capacity);
      edgesUpTo = Arrays.copyOf(edgesUpTo, capacity);
      openUpTo = Arrays.copyOf(openUpTo, capacity);
      forward = Arrays.copyOf(forward, capacity);
      backward = new double[capacity];
      best = new double[capacity];
      bestEdge = new int[capacity];
    }
    for (int node = shared; node < length; node++) {
      word[node] = text[from + node];
      extend(node);
    }
  }

  /** Advances from a node to the next. Each open piece continues, ends, or both. */
  private void extend(int node) {
    int symbol = word[node];
    int numEdges = edgesUpTo[node];
    int numOpen = openUpTo[node];
    int firstOpen = node == 0 ? 0 : openUpTo[node - 1];
    for (int open = firstOpen; open <= openUpTo[node]; open++) {
      boolean isNew = open == openUpTo[node];
      int start = isNew ? node : openStart[open];
      int at = trie.child(isNew ? PieceTrie.ROOT : openAt[open], symbol);
      if (at == PieceTrie.NONE) {
        continue;
      }
      if (trie.piece(at) != PieceTrie.NONE) {
        numEdges = addEdge(numEdges, start, node + 1, trie.piece(at));
      }
      if (!trie.isLeaf(at)) {
        numOpen = addOpen(numOpen, start, at);
      }
    }
    edgesUpTo[node + 1] = numEdges;
    openUpTo[node + 1] = numOpen;
  }

  private int addEdge(int edge, int start, int end, int piece) {
    if (edge == edgeStart.length) {
      edgeStart = Arrays.copyOf(edgeStart, edge * 2);
      edgeEnd = Arrays.copyOf(edgeEnd, edge * 2);
      edgePiece = Arrays.copyOf(edgePiece, edge * 2);
    }
    edgeStart[edge] = start;
    edgeEnd[edge] = end;
    edgePiece[edge] = piece;
    return edge + 1;
  }

  private int addOpen(int open, int start, int at) {
    if (open == openStart.length) {
      openStart = Arrays.copyOf(openStart, open * 2);
      openAt = Arrays.copyOf(openAt, open * 2);
    }
    openStart[open] = start;
    openAt[open] = at;
    return open + 1;
  }

  /**
   * Adds the expected count of each piece in the word.
   *
   * @param count how often the word occurs
   * @param expected expected count of each piece; updated
   * @return log probability of the word, summed over all ways to cut it
   */
  double addExpectedCounts(long count, double[] expected) {
    int numEdges = edgesUpTo[length];
    Arrays.fill(forward, lastForward + 1, length + 1, Double.NEGATIVE_INFINITY);
    Arrays.fill(backward, 0, length, Double.NEGATIVE_INFINITY);
    backward[length] = 0;
    // Edges are ordered by end, so the nodes before an edge are done when it comes.
    for (int e = edgesUpTo[lastForward]; e < numEdges; e++) {
      double score = forward[edgeStart[e]] + scores[edgePiece[e]];
      forward[edgeEnd[e]] = logSumExp(forward[edgeEnd[e]], score);
    }
    lastForward = length;
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
    // Math.log1p is several times slower, and would matter only for sums near zero.
    return smaller == Double.NEGATIVE_INFINITY
        ? larger
        : larger + Math.log(1 + Math.exp(smaller - larger));
  }

  /**
   * Finds the most probable way to cut the word.
   *
   * @param allowWhole whether the whole word may be one piece
   * @return its pieces from last to first, empty if there is no way
   */
  int[] bestPieces(boolean allowWhole) {
    Arrays.fill(best, 0, length + 1, Double.NEGATIVE_INFINITY);
    best[0] = 0;
    for (int e = 0; e < edgesUpTo[length]; e++) {
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
