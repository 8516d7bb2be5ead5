package io.dialogbert.reaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The classes of replies.
 *
 * @param members ordered by class, in a class by count; each reply once
 */
public record ReactionMapping(List<ReactionMember> members) {
  private static final Comparator<ReactionMember> BY_COUNT =
      Comparator.comparing((ReactionMember member) -> -member.count())
          .thenComparing(ReactionMember::member);

  /**
   * A mapping with the display of each class: its most frequent member.
   *
   * @param members without displays, in any order
   */
  public static ReactionMapping of(Collection<ReactionMember> members) {
    Map<Integer, String> displays = new HashMap<>();
    members.stream()
        .filter(member -> !member.dropped())
        .sorted(BY_COUNT)
        .forEach(member -> displays.putIfAbsent(member.classId(), member.member()));
    return new ReactionMapping(
        members.stream()
            .map(row -> with(row, row.classId(), displays.getOrDefault(row.classId(), "")))
            .sorted(
                Comparator.comparing(ReactionMember::classId)
                    .thenComparing(ReactionMember::lang)
                    .thenComparing(BY_COUNT))
            .toList());
  }

  private static ReactionMember with(ReactionMember row, int classId, String display) {
    return new ReactionMember(
        classId,
        row.lang(),
        row.dropped() ? "" : display,
        row.key(),
        row.member(),
        row.count(),
        row.note());
  }

  /** The ids of the classes that have a member, ascending. */
  public Set<Integer> classIds() {
    return members.stream()
        .filter(member -> !member.dropped())
        .map(ReactionMember::classId)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * A person's mapping, applied to newly mined classes.
   *
   * @param mapping in effect
   * @param changes counts of what differs from the mined classes
   */
  public record Edited(ReactionMapping mapping, SortedMap<String, Long> changes) {}

  /**
   * Applies an edited file to these mined classes. Its rows hold as they are. A mined reply that the
   * file does not list is dropped, unless {@code extend}: then it joins the class of its key or of
   * the rest of its mined class, where the file names one such class; if the file lists nothing of
   * the mined class, the class gets the next free id.
   *
   * @param rows of {@link MappingFile#read}
   */
  public Edited edit(List<ReactionMember> rows, boolean extend) {
    Map<String, ReactionMember> listed = new LinkedHashMap<>();
    rows.forEach(row -> listed.put(MappingFile.id(row), row));
    Map<String, Set<Integer>> idsOfKey = ids(rows, row -> row.lang() + " " + row.key());
    Map<String, Integer> minedIds = new HashMap<>();
    members.forEach(member -> minedIds.put(MappingFile.id(member), member.classId()));
    Map<Integer, Set<Integer>> idsOfMined = ids(rows, row -> minedIds.get(MappingFile.id(row)));
    Set<Integer> listedMined = new HashSet<>();
    rows.forEach(row -> listedMined.add(minedIds.get(MappingFile.id(row))));
    int next = 1 + rows.stream().mapToInt(ReactionMember::classId).max().orElse(-1);
    Map<Integer, Integer> newIds = new HashMap<>();
    List<ReactionMember> all = new ArrayList<>(rows);
    long joined = 0;
    long unlisted = 0;
    for (ReactionMember member : members) {
      if (listed.containsKey(MappingFile.id(member))) {
        continue;
      }
      Set<Integer> ofKey = idsOfKey.getOrDefault(member.lang() + " " + member.key(), Set.of());
      Set<Integer> near =
          ofKey.isEmpty() ? idsOfMined.getOrDefault(member.classId(), Set.of()) : ofKey;
      if (extend && near.size() == 1) {
        joined++;
        all.add(with(member, near.iterator().next(), ""));
      } else if (extend && !listedMined.contains(member.classId())) {
        int id = next + newIds.size();
        all.add(with(member, newIds.computeIfAbsent(member.classId(), mined -> id), ""));
      } else {
        unlisted++;
        all.add(
            new ReactionMember(
                ReactionMember.NO_CLASS,
                member.lang(),
                "",
                member.key(),
                member.member(),
                member.count(),
                ReactionMember.DROP));
      }
    }
    SortedMap<String, Long> changes = new TreeMap<>();
    changes.put("dropped", rows.stream().filter(ReactionMember::dropped).count());
    changes.put("unlisted", unlisted);
    changes.put("joined", joined);
    changes.put("new-classes", (long) newIds.size());
    changes.put("split-classes", idsOfMined.values().stream().filter(i -> i.size() > 1).count());
    changes.put("merged-classes", mergedClasses(rows, minedIds));
    return new Edited(of(all), changes);
  }

  /** The class ids that the rows of each value have. */
  private static <T> Map<T, Set<Integer>> ids(
      List<ReactionMember> rows, Function<ReactionMember, T> value) {
    Map<T, Set<Integer>> ids = new HashMap<>();
    for (ReactionMember row : rows) {
      T of = value.apply(row);
      if (of != null && !row.dropped()) {
        ids.computeIfAbsent(of, any -> new HashSet<>()).add(row.classId());
      }
    }
    return ids;
  }

  /** The number of classes with replies of several mined classes. */
  private static long mergedClasses(List<ReactionMember> rows, Map<String, Integer> minedIds) {
    Map<Integer, Set<Integer>> mined = new HashMap<>();
    for (ReactionMember row : rows) {
      Integer id = minedIds.get(MappingFile.id(row));
      if (id != null && !row.dropped()) {
        mined.computeIfAbsent(row.classId(), any -> new HashSet<>()).add(id);
      }
    }
    return mined.values().stream().filter(Objects::nonNull).filter(i -> i.size() > 1).count();
  }
}
