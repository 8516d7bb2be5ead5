package io.dialogbert.reaction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Numbers the classes and, where a person edited an earlier table, obeys that. A class keeps its
 * id; new ones come after the last.
 *
 * @param rows by class id, the most frequent member of each class first
 * @param changes what the edited table changed, in counts
 */
public record ReactionTable(List<ReactionRow> rows, Map<String, Long> changes) {
  static final Comparator<ReactionRow> FREQUENT_FIRST =
      Comparator.comparingLong(ReactionRow::count)
          .reversed()
          .thenComparing(ReactionRow::lang)
          .thenComparing(ReactionRow::member);

  /**
   * A group of replies with enough support.
   *
   * @param members those that may be shown, the most frequent first; at least one
   */
  public record Group(String lang, List<Member> members) {
    /** A group of members in any order. */
    public static Group of(String lang, List<Member> members) {
      return new Group(
          lang,
          members.stream()
              .sorted(
                  Comparator.comparingLong(Member::count).reversed().thenComparing(Member::member))
              .toList());
    }
  }

  /** A member of a group: {@code count} replies of the training split. */
  public record Member(String key, String member, long count) {}

  /**
   * Makes the table.
   *
   * @param groups the one with most support first
   * @param edited rows of an earlier table; empty if there is none
   * @param maxClasses further groups get no class; those of the earlier table always have theirs
   */
  public static ReactionTable of(List<Group> groups, List<ReactionRow> edited, int maxClasses) {
    return new Numbering(edited, maxClasses).number(groups);
  }

  private static final class Numbering {
    private final Map<String, ReactionRow> edited = new HashMap<>();
    private final Map<String, Long> changes = new TreeMap<>();
    private final List<ReactionRow> rows = new ArrayList<>();
    private final Set<Integer> ids = new HashSet<>();
    private final int maxClasses;
    private int nextId;

    Numbering(List<ReactionRow> edited, int maxClasses) {
      this.maxClasses = maxClasses;
      for (ReactionRow row : edited) {
        this.edited.put(row.lang() + " " + row.member(), row);
        nextId = Math.max(nextId, row.classId() + 1);
        if (!row.isDropped()) {
          ids.add(row.classId());
        }
      }
      for (String change : List.of("moved", "dropped", "members_added", "classes_added")) {
        changes.put(change, 0L);
      }
    }

    ReactionTable number(List<Group> groups) {
      int earlier = 0;
      for (Group group : groups) {
        earlier += number(group);
      }
      changes.put("not_found", (long) edited.size() - earlier);
      return new ReactionTable(withDisplays(), changes);
    }

    /** Numbers a group's members; returns how many the edited table has. */
    private int number(Group group) {
      Map<String, ReactionRow> leaderOfKey = new HashMap<>();
      ReactionRow leader = null;
      int listed = 0;
      for (Member member : group.members()) {
        ReactionRow row = edited.get(group.lang() + " " + member.member());
        if (row != null) {
          listed++;
          leader = leader == null ? row : leader;
          leaderOfKey.putIfAbsent(member.key(), row);
        }
      }
      if (leader == null) {
        if (ids.size() < maxClasses) {
          int id = nextId++;
          ids.add(id);
          add("classes_added", 1);
          group.members().forEach(member -> put(group, member, id, ""));
        }
        return 0;
      }
      for (Member member : group.members()) {
        ReactionRow row = edited.get(group.lang() + " " + member.member());
        if (row == null) {
          row = leaderOfKey.getOrDefault(member.key(), leader);
          add("members_added", 1);
        } else {
          add("moved", row.classId() != leader.classId() ? 1 : 0);
          add("dropped", row.isDropped() ? 1 : 0);
        }
        put(group, member, row.classId(), row.note());
      }
      return listed;
    }

    private void put(Group group, Member member, int id, String note) {
      rows.add(
          new ReactionRow(
              id, group.lang(), "", member.key(), member.member(), member.count(), note));
    }

    private void add(String change, long number) {
      changes.merge(change, number, Long::sum);
    }

    /** The rows in order, each with its class's most frequent member that is not dropped. */
    private List<ReactionRow> withDisplays() {
      rows.sort(
          Comparator.comparingInt(ReactionRow::classId)
              .thenComparing(ReactionRow::note)
              .thenComparing(FREQUENT_FIRST));
      Map<Integer, String> displays = new HashMap<>();
      List<ReactionRow> shown = new ArrayList<>();
      for (ReactionRow row : rows) {
        displays.putIfAbsent(row.classId(), row.member());
        shown.add(
            new ReactionRow(
                row.classId(),
                row.lang(),
                displays.get(row.classId()),
                row.key(),
                row.member(),
                row.count(),
                row.note()));
      }
      return shown;
    }
  }
}
