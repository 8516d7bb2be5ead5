package io.dialogbert.finetune.data;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Turn;
import io.dialogbert.finetune.mine.MinedReactions;
import io.dialogbert.reaction.ReactionClasses;
import io.dialogbert.reaction.ReactionRow;
import io.dialogbert.reaction.ReactionRules;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The classes of replies, numbered without gaps in the order of the mined ids. Serialized to the
 * executors; a copy serves one thread.
 */
final class ReplyLabels implements Serializable {
  /** The label of a turn that has no class. */
  static final int NONE = -1;

  /**
   * A class.
   *
   * @param minedId its id in the mined table
   * @param reaction its most frequent member
   * @param replies replies of the training split that are a shown member of it
   */
  record ReplyClass(int minedId, String lang, String reaction, long replies)
      implements Serializable {}

  private final ArrayList<ReplyClass> classes;
  private final HashMap<Integer, Integer> labelOf = new HashMap<>();
  private final ReactionClasses mined;
  private final ArrayList<String> harmful;
  private transient ReactionRules rules;

  private ReplyLabels(MinedReactions reactions) {
    Map<Integer, ReplyClass> byId = new TreeMap<>();
    for (ReactionRow row : reactions.rows()) {
      if (!row.isDropped()) {
        byId.merge(
            row.classId(),
            new ReplyClass(row.classId(), row.lang(), row.display(), row.count()),
            (a, b) ->
                new ReplyClass(a.minedId(), a.lang(), a.reaction(), a.replies() + b.replies()));
      }
    }
    classes = new ArrayList<>(byId.values());
    byId.keySet().forEach(id -> labelOf.put(id, labelOf.size()));
    mined = new ReactionClasses(reactions.rows());
    harmful = new ArrayList<>(reactions.harmful());
  }

  static ReplyLabels of(MinedReactions reactions) {
    return new ReplyLabels(reactions);
  }

  /** Labels of a task without classes: no reply has one. */
  static ReplyLabels none() {
    return new ReplyLabels(new MinedReactions(List.of(), List.of()));
  }

  /** The classes in the order of their labels. */
  List<ReplyClass> classes() {
    return classes;
  }

  /** The label of each turn: a class of {@link #classes}, or {@link #NONE}, as for the first. */
  int[] of(Dialogue dialogue) {
    int[] labels = new int[dialogue.turns().size()];
    Arrays.fill(labels, NONE);
    if (classes.isEmpty()) {
      return labels;
    }
    if (rules == null) {
      // The rules hold dictionaries, which each copy takes from its own JVM.
      rules = new ReactionRules(harmful);
    }
    List<String> turns = dialogue.turns().stream().map(Turn::text).toList();
    List<ReactionRules.Reply> replies = rules.replies(turns, dialogue.lang());
    for (int i = 0; i < replies.size(); i++) {
      OptionalInt id = replies.get(i).candidate().map(mined::of).orElse(OptionalInt.empty());
      labels[i + 1] = id.isPresent() ? labelOf.get(id.getAsInt()) : NONE;
    }
    return labels;
  }
}
