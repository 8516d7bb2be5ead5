package io.dialogbert.reaction;

import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Finds the class of a candidate. */
public final class ReactionClasses implements Serializable {
  private static final long serialVersionUID = 1;

  private final HashMap<String, Integer> byMember = new HashMap<>();
  private final HashMap<String, Integer> byKey = new HashMap<>();

  /** The classes of a mapping's rows. */
  public ReactionClasses(List<ReactionMember> members) {
    Set<String> ambiguous = new HashSet<>();
    for (ReactionMember row : members) {
      int id = row.dropped() ? ReactionMember.NO_CLASS : row.classId();
      byMember.put(row.lang() + " " + row.member(), id);
      String key = row.lang() + " " + row.key();
      Integer before = byKey.put(key, id);
      if (before != null && before != id) {
        ambiguous.add(key);
      }
    }
    ambiguous.forEach(byKey::remove);
  }

  /**
   * The class of a reply. A reply that the mapping does not list, since only few people wrote it,
   * has the class of its key if all listed replies of that key have it.
   */
  public OptionalInt of(String lang, String member, String key) {
    Integer id = byMember.getOrDefault(lang + " " + member, byKey.get(lang + " " + key));
    return id == null || id == ReactionMember.NO_CLASS ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
