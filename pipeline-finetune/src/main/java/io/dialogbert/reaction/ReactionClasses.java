package io.dialogbert.reaction;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Finds the class of a reply. A member of the table has the class that the table gives it. One that
 * the table does not show, since too few people wrote it, has the class of the most frequent member
 * with its key.
 */
public final class ReactionClasses implements Serializable {
  private static final int NONE = -1;

  private final Map<String, Integer> byMember = new HashMap<>();
  private final Map<String, Integer> byKey = new HashMap<>();

  /** Indexes a table, in any order. */
  public ReactionClasses(List<ReactionRow> rows) {
    for (ReactionRow row : rows.stream().sorted(ReactionTable.FREQUENT_FIRST).toList()) {
      int id = row.isDropped() ? NONE : row.classId();
      byMember.put(row.lang() + " " + row.member(), id);
      byKey.putIfAbsent(row.lang() + " " + row.key(), id);
    }
  }

  /** The class of a reply; empty if it has none. */
  public OptionalInt of(Candidate candidate) {
    String member = candidate.lang() + " " + candidate.member();
    Integer id = byMember.get(member);
    if (id == null) {
      id = byKey.getOrDefault(candidate.lang() + " " + candidate.key(), NONE);
    }
    return id == NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
