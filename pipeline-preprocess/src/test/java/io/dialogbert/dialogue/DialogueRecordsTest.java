package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialogueRecordsTest {
  private static final Splits SPLITS = new Splits(1, 0.1, 0.1);

  @Test
  void keepsTextAndIdsOutOfStringForms() {
    Message message =
        new Message("room", "m1", "hong", Instant.EPOCH, "ko", "비밀", "export.jsonl", 3);
    Turn turn = new Turn("hong", "비밀", List.of("m1"));

    assertThat(message).hasToString("Message[export.jsonl, row 3, length 2]");
    assertThat(turn).hasToString("Turn[messages 1, length 2]");
  }

  @Test
  void refusesATurnWithoutMessages() {
    assertThatThrownBy(() -> new Turn("a", "x", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a turn has at least one message");
  }

  @Test
  void refusesNeighboringTurnsOfOneSpeaker() {
    List<Turn> turns =
        List.of(new Turn("a", "x", List.of("m1")), new Turn("a", "y", List.of("m2")));

    assertThatThrownBy(() -> new Dialogue("d", "c", "ko", Splits.TRAIN, Instant.EPOCH, turns))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("turns 0 and 1 have the same speaker");
  }

  @Test
  void refusesLimitsThatContradictEachOther() {
    assertThatThrownBy(() -> new DialogueConfig(Duration.ofMinutes(1), 5, 4, 100, SPLITS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "min-turns = 5 must be at least 2 and at most max-turns = 4, and that at most max-messages = 100");
    assertThatThrownBy(() -> new DialogueConfig(Duration.ZERO, 2, 4, 100, SPLITS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("session-gap must be longer than 0");
  }
}
