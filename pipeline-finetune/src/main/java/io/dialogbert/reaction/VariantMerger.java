package io.dialogbert.reaction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Joins groups that are variants of one reaction: equal flags, no opposite words, similar displays,
 * and similar contexts. Complete linkage: every two groups of a cluster are variants of each other.
 *
 * @param maxDivergence largest Jensen-Shannon divergence of two groups' contexts, in bits, in [0,
 *     1]. Estimates from few words are too large, so that rare groups rather stay apart.
 */
public record VariantMerger(ReactionRules rules, Similarity similarity, double maxDivergence) {
  private static final Comparator<ReplyGroup> ORDER =
      Comparator.comparing((ReplyGroup group) -> -group.conversations())
          .thenComparing(ReplyGroup::lang)
          .thenComparing(group -> group.key().toString());

  private record Pair(int a, int b, double divergence) {}

  /**
   * Clusters groups. The order of the groups does not matter.
   *
   * @return every group in one cluster, the most frequent group of a cluster first
   */
  public List<List<ReplyGroup>> merge(List<ReplyGroup> groups) {
    List<ReplyGroup> sorted = groups.stream().sorted(ORDER).toList();
    List<Pair> pairs = variants(sorted);
    Set<Long> linked = new HashSet<>();
    pairs.forEach(pair -> linked.add(code(pair.a(), pair.b())));
    List<List<Integer>> clusterOf = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      clusterOf.add(new ArrayList<>(List.of(i)));
    }
    for (Pair pair : pairs) {
      List<Integer> a = clusterOf.get(pair.a());
      List<Integer> b = clusterOf.get(pair.b());
      if (a != b && a.stream().allMatch(x -> b.stream().allMatch(y -> linked.contains(code(x, y))))) {
        a.addAll(b);
        b.forEach(member -> clusterOf.set(member, a));
      }
    }
    List<List<ReplyGroup>> clusters = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      List<Integer> cluster = clusterOf.get(i);
      if (cluster.stream().min(Integer::compare).orElseThrow() == i) {
        clusters.add(cluster.stream().sorted().map(sorted::get).toList());
      }
    }
    return clusters;
  }

  private static long code(int a, int b) {
    return ((long) Math.min(a, b) << 32) | Math.max(a, b);
  }

  /** The pairs of variants, those with the most similar contexts first. */
  private List<Pair> variants(List<ReplyGroup> groups) {
    Map<List<Object>, List<Integer>> blocks = new HashMap<>();
    for (int i = 0; i < groups.size(); i++) {
      CanonicalKey key = groups.get(i).key();
      blocks
          .computeIfAbsent(
              List.of(groups.get(i).lang(), key.question(), key.negation(), key.tense()),
              block -> new ArrayList<>())
          .add(i);
    }
    List<Pair> pairs = new ArrayList<>();
    for (List<Integer> block : blocks.values()) {
      for (int a : block) {
        for (int b : block) {
          if (a < b && mayBeVariants(groups.get(a), groups.get(b))) {
            double divergence = divergence(groups.get(a).contexts(), groups.get(b).contexts());
            if (divergence <= maxDivergence) {
              pairs.add(new Pair(a, b, divergence));
            }
          }
        }
      }
    }
    pairs.sort(
        Comparator.comparingDouble(Pair::divergence)
            .thenComparingInt(Pair::a)
            .thenComparingInt(Pair::b));
    return pairs;
  }

  private boolean mayBeVariants(ReplyGroup a, ReplyGroup b) {
    return similarity.similar(a, b) && !rules.areOpposite(a.lang(), a.key(), b.key());
  }

  /**
   * Jensen-Shannon divergence of two histograms.
   *
   * @return bits in [0, 1]; 1 if one of them is empty
   * @see <a href="https://doi.org/10.1109/18.61115">Lin 1991, equation 4.1</a>
   */
  static double divergence(long[] a, long[] b) {
    double sumA = sum(a);
    double sumB = sum(b);
    if (sumA == 0 || sumB == 0) {
      return 1;
    }
    double divergence = 0;
    for (int i = 0; i < a.length; i++) {
      double p = a[i] / sumA;
      double q = b[i] / sumB;
      divergence += information(p, (p + q) / 2) / 2 + information(q, (p + q) / 2) / 2;
    }
    return divergence;
  }

  private static double information(double p, double mean) {
    return p == 0 ? 0 : p * Math.log(p / mean) / Math.log(2);
  }

  private static double sum(long[] counts) {
    double sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }
}
