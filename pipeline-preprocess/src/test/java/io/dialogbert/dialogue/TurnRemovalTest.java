package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TurnRemovalTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029);

  @Test
  void joinsTheTurnsThatThenStandBesideEachOther() {
    List<Turn> turns =
        List.of(
            turn("a", "one", "1"),
            turn("b", "two", "2"),
            turn("a", "three", "3", "4"),
            turn("c", "four", "5"));

    TurnRemoval removal = TurnRemoval.of(turns, Set.of("b"), 2);

    assertThat(removal.turns())
        .containsExactly(turn("a", "one three", "1", "3", "4"), turn("c", "four", "5"));
    assertThat(removal.dropped()).isEmpty();
    assertThat(removal.removedTurns()).isEqualTo(1);
    assertThat(removal.removedMessages()).isEqualTo(1);
    assertThat(removal.lostMessages()).isZero();
  }

  @Test
  void dropsADialogueOfWhichOneSpeakerIsLeft() {
    TurnRemoval removal =
        TurnRemoval.of(
            List.of(turn("a", "one", "1"), turn("b", "two", "2"), turn("a", "three", "3")),
            Set.of("b"),
            2);

    assertThat(removal.turns()).isEmpty();
    assertThat(removal.dropped()).contains(DropReason.ONE_SPEAKER);
    assertThat(removal.removedMessages()).isEqualTo(1);
    assertThat(removal.lostMessages()).isEqualTo(2);
  }

  @Test
  void dropsADialogueThatBecomesTooShort() {
    List<Turn> turns =
        List.of(turn("a", "one", "1"), turn("b", "two", "2"), turn("c", "three", "3"));

    assertThat(TurnRemoval.of(turns, Set.of("b"), 3).dropped()).contains(DropReason.FEW_TURNS);
    assertThat(TurnRemoval.of(turns, Set.of("b"), 2).dropped()).isEmpty();
  }

  @Test
  void keepsTheOrderOfWhatOthersSaidAndNothingElse() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 2_000; round++) {
      List<Turn> turns = randomTurns(random);
      Set<String> speakers = new HashSet<>();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        speakers.add("s" + random.nextInt(5));
      }
      int minTurns = random.nextInt(2, 6);

      TurnRemoval removal = TurnRemoval.of(turns, speakers, minTurns);

      String place = "seed " + SEED + ", round " + round;
      List<Turn> left = removal.turns();
      List<Turn> others = turns.stream().filter(t -> !speakers.contains(t.speaker())).toList();
      int messages = others.stream().mapToInt(t -> t.messageIds().size()).sum();
      assertThat(removal.removedTurns()).as(place).isEqualTo(turns.size() - others.size());
      assertThat(removal.removedMessages())
          .as(place)
          .isEqualTo(turns.stream().mapToInt(t -> t.messageIds().size()).sum() - messages);
      if (removal.dropped().isPresent()) {
        assertThat(left).as(place).isEmpty();
        assertThat(removal.lostMessages()).as(place).isEqualTo(messages);
        continue;
      }
      assertThat(left.size()).as(place).isGreaterThanOrEqualTo(minTurns);
      assertThat(left.stream().map(Turn::speaker)).as(place).doesNotContainAnyElementsOf(speakers);
      for (int i = 1; i < left.size(); i++) {
        assertThat(left.get(i).speaker()).as(place).isNotEqualTo(left.get(i - 1).speaker());
      }
      assertThat(left.stream().map(Turn::text).collect(Collectors.joining(" ")))
          .as(place)
          .isEqualTo(others.stream().map(Turn::text).collect(Collectors.joining(" ")));
      assertThat(left.stream().flatMap(t -> t.messageIds().stream()).toList())
          .as(place)
          .isEqualTo(others.stream().flatMap(t -> t.messageIds().stream()).toList());
      for (Turn turn : left) {
        // It is still known who said what.
        others.stream()
            .filter(other -> turn.messageIds().containsAll(other.messageIds()))
            .forEach(other -> assertThat(turn.speaker()).as(place).isEqualTo(other.speaker()));
      }
    }
  }

  private static List<Turn> randomTurns(SplittableRandom random) {
    List<Turn> turns = new ArrayList<>();
    int numTurns = random.nextInt(2, 12);
    int speaker = random.nextInt(5);
    int message = 0;
    for (int i = 0; i < numTurns; i++) {
      speaker = (speaker + random.nextInt(1, 5)) % 5;
      List<String> ids = new ArrayList<>();
      for (int j = random.nextInt(1, 4); j > 0; j--) {
        ids.add("m" + message++);
      }
      turns.add(new Turn("s" + speaker, "text " + i, ids));
    }
    return turns;
  }

  private static Turn turn(String speaker, String text, String... messageIds) {
    return new Turn(speaker, text, List.of(messageIds));
  }
}
