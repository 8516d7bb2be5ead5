package io.dialogbert.reaction;

import io.dialogbert.dialogue.Shingles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Merges reactions whose wording is alike and that answer the same turns. Complete-link: two
 * clusters join only if all pairs of their members may.
 */
public final class VariantMerger {
  /**
   * Of the sets of character pairs, of the displays as of the contents: endings alone make no two
   * reactions alike.
   */
  static final double MIN_JACCARD = 0.6;

  /** Of the {@link Contexts}. */
  static final double MAX_DIVERGENCE = 0.25;

  private static final int SHINGLE = 2;

  private final ReactionRules rules;

  public VariantMerger(ReactionRules rules) {
    this.rules = rules;
  }

  /**
   * A reaction before merging.
   *
   * @param display its most frequent member
   * @param contexts [{@link Contexts#NUM_BUCKETS}] words of the turns before it
   */
  public record Variant(String lang, CanonicalKey key, String display, long[] contexts) {}

  private record Edge(int a, int b, double divergence) {}

  /**
   * Finds the cluster of each variant.
   *
   * @param variants in the order of importance, which decides between equal merges
   * @return for each variant, the index of the first one in its cluster
   */
  public int[] merge(List<Variant> variants) {
    List<Edge> edges = edges(variants);
    Set<Long> mayJoin = new HashSet<>();
    edges.forEach(edge -> mayJoin.add(pair(edge.a, edge.b)));
    int[] clusterOf = new int[variants.size()];
    Map<Integer, List<Integer>> clusters = new HashMap<>();
    for (int i = 0; i < clusterOf.length; i++) {
      clusterOf[i] = i;
      clusters.put(i, new ArrayList<>(List.of(i)));
    }
    for (Edge edge : edges) {
      int first = Math.min(clusterOf[edge.a], clusterOf[edge.b]);
      int second = Math.max(clusterOf[edge.a], clusterOf[edge.b]);
      boolean complete =
          clusters.get(first).stream()
              .allMatch(
                  a ->
                      clusters.get(second).stream()
                          .allMatch(b -> mayJoin.contains(pair(Math.min(a, b), Math.max(a, b)))));
      if (first != second && complete) {
        List<Integer> joined = clusters.remove(second);
        joined.forEach(member -> clusterOf[member] = first);
        clusters.get(first).addAll(joined);
      }
    }
    return clusterOf;
  }

  private static long pair(int a, int b) {
    return ((long) a << Integer.SIZE) | b;
  }

  /** The pairs that may join, the closest contexts first. */
  private List<Edge> edges(List<Variant> variants) {
    List<Edge> edges = new ArrayList<>();
    List<long[]> shingles = new ArrayList<>();
    Map<Long, List<Integer>> earlierWith = new HashMap<>();
    for (int b = 0; b < variants.size(); b++) {
      long[] set = Shingles.set(variants.get(b).display(), SHINGLE);
      shingles.add(set);
      Set<Integer> alike = new HashSet<>();
      for (long shingle : set) {
        List<Integer> earlier = earlierWith.computeIfAbsent(shingle, s -> new ArrayList<>());
        alike.addAll(earlier);
        earlier.add(b);
      }
      for (int a : alike) {
        if (Shingles.jaccard(shingles.get(a), set) >= MIN_JACCARD
            && mayJoin(variants.get(a), variants.get(b))) {
          double divergence =
              Contexts.divergence(variants.get(a).contexts(), variants.get(b).contexts());
          if (divergence <= MAX_DIVERGENCE) {
            edges.add(new Edge(a, b, divergence));
          }
        }
      }
    }
    edges.sort(
        Comparator.comparingDouble(Edge::divergence)
            .thenComparingInt(Edge::a)
            .thenComparingInt(Edge::b));
    return edges;
  }

  private static double contentJaccard(CanonicalKey a, CanonicalKey b) {
    return Shingles.jaccard(Shingles.set(a.content(), SHINGLE), Shingles.set(b.content(), SHINGLE));
  }

  private boolean mayJoin(Variant a, Variant b) {
    return a.lang().equals(b.lang())
        && contentJaccard(a.key(), b.key()) >= MIN_JACCARD
        && a.key().hasFlagsOf(b.key())
        && !rules.areOpposite(a.lang(), a.key(), b.key());
  }
}
