package io.dialogbert.dialogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is left of a dialogue after removing some speakers. Adjacent turns of one speaker are then
 * merged, as if nobody had spoken between them.
 *
 * @param turns what is left, in order; empty if the dialogue is dropped
 * @param dropped why the dialogue is dropped: {@link DropReason#ONE_SPEAKER} or {@link
 *     DropReason#FEW_TURNS}; empty if it stays
 * @param removedTurns turns of the removed speakers
 * @param removedMessages messages in the removed turns
 * @param lostMessages messages of other speakers that are dropped with the dialogue; 0 if it stays
 */
public record TurnRemoval(
    List<Turn> turns,
    Optional<DropReason> dropped,
    int removedTurns,
    int removedMessages,
    int lostMessages) {
  public TurnRemoval {
    turns = List.copyOf(turns);
  }

  /**
   * Removes speakers.
   *
   * @param turns turns of a dialogue; adjacent turns have different speakers
   * @param minTurns shorter dialogues are dropped
   */
  public static TurnRemoval of(List<Turn> turns, Set<String> speakers, int minTurns) {
    List<Turn> left = new ArrayList<>();
    int removedTurns = 0;
    int removedMessages = 0;
    for (Turn turn : turns) {
      int last = left.size() - 1;
      if (speakers.contains(turn.speaker())) {
        removedTurns++;
        removedMessages += turn.messageIds().size();
      } else if (last >= 0 && left.get(last).speaker().equals(turn.speaker())) {
        left.set(last, join(left.get(last), turn));
      } else {
        left.add(turn);
      }
    }
    Optional<DropReason> dropped = Optional.empty();
    if (left.stream().map(Turn::speaker).distinct().count() < 2) {
      dropped = Optional.of(DropReason.ONE_SPEAKER);
    } else if (left.size() < minTurns) {
      dropped = Optional.of(DropReason.FEW_TURNS);
    }
    int messagesLeft = left.stream().mapToInt(turn -> turn.messageIds().size()).sum();
    return dropped.isPresent()
        ? new TurnRemoval(List.of(), dropped, removedTurns, removedMessages, messagesLeft)
        : new TurnRemoval(left, dropped, removedTurns, removedMessages, 0);
  }

  private static Turn join(Turn first, Turn second) {
    List<String> ids = new ArrayList<>(first.messageIds());
    ids.addAll(second.messageIds());
    return new Turn(first.speaker(), first.text() + " " + second.text(), ids);
  }
}
