package io.dialogbert.reaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How many replies the first classes of a language cover.
 *
 * @param classes number of classes, those with most replies in the training split first
 * @param covered replies in these classes
 * @param replies all turns that answer another
 */
public record Coverage(String lang, String split, int classes, long covered, long replies) {
  private static final String TRAIN = "train";
  private static final int[] STEPS = {1, 2, 5};

  /**
   * Replies of a language and split in a class.
   *
   * @param classId {@link ReactionMember#NO_CLASS} for those in none
   */
  public record Count(String lang, String split, int classId, long replies) {}

  /** In [0, 1]. */
  public double share() {
    return replies == 0 ? 0 : (double) covered / replies;
  }

  /** The coverage by 10, 20, 50, 100, ... and all classes. */
  public static List<Coverage> of(Collection<Count> counts) {
    Map<String, Map<String, Map<Integer, Long>>> byLang = new TreeMap<>();
    for (Count count : counts) {
      byLang
          .computeIfAbsent(count.lang(), lang -> new TreeMap<>())
          .computeIfAbsent(count.split(), split -> new HashMap<>())
          .merge(count.classId(), count.replies(), Long::sum);
    }
    List<Coverage> coverage = new ArrayList<>();
    byLang.forEach(
        (lang, splits) -> {
          Map<Integer, Long> train = splits.getOrDefault(TRAIN, Map.of());
          List<Integer> ids =
              train.keySet().stream()
                  .filter(id -> id != ReactionMember.NO_CLASS)
                  .sorted(
                      Comparator.comparing((Integer id) -> -train.get(id))
                          .thenComparing(Comparator.naturalOrder()))
                  .toList();
          splits.forEach(
              (split, replies) -> {
                long all = replies.values().stream().mapToLong(Long::longValue).sum();
                for (int classes : steps(ids.size())) {
                  long covered =
                      ids.subList(0, classes).stream()
                          .mapToLong(id -> replies.getOrDefault(id, 0L))
                          .sum();
                  coverage.add(new Coverage(lang, split, classes, covered, all));
                }
              });
        });
    return coverage;
  }

  private static List<Integer> steps(int all) {
    List<Integer> steps = new ArrayList<>();
    for (int power = 10; power < all; power *= 10) {
      int of = power;
      IntStream.of(STEPS).map(step -> step * of).filter(step -> step < all).forEach(steps::add);
    }
    if (all > 0) {
      steps.add(all);
    }
    return steps;
  }
}
