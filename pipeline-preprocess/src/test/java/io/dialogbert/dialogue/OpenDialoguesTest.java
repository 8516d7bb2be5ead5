package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Dialogues that are built piece by piece are those that are built at once. */
class OpenDialoguesTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final String REPEAT = "repeat with -Dtests.seed=" + SEED;
  private static final Instant START = Instant.parse("2026-11-24T00:00:01Z");
  private static final int CORPORA = 300;
  private static final int GAP = 100;
  private static final DialogueConfig CONFIG =
      new DialogueConfig(Duration.ofSeconds(GAP), 2, 6, 9, new Splits(1, 0.1, 0.1));

  private final SplittableRandom random = new SplittableRandom(SEED);
  private long numDialogues;
  private long numCarried;

  @Test
  void anyCutsInTimeLeaveTheSameDialoguesAndCountEveryMessageOnce() {
    for (int corpus = 0; corpus < CORPORA; corpus++) {
      List<Message> messages = messages();
      DialogueTally whole = new DialogueTally();
      List<Dialogue> expected = build(messages, whole, Instant.MAX, new ArrayList<>());

      List<Dialogue> pieces = new ArrayList<>();
      List<Message> open = List.of();
      DialogueTally sum = new DialogueTally();
      Instant from = Instant.MIN;
      long carried = 0;
      for (Instant end : cuts()) {
        List<Message> piece = new ArrayList<>(open);
        for (Message message : messages) {
          if (!message.sentAt().isBefore(from) && message.sentAt().isBefore(end)) {
            piece.add(message);
          }
        }
        List<Message> left = new ArrayList<>();
        DialogueTally tally = new DialogueTally();
        pieces.addAll(build(piece, tally, end, left));
        assertThat(tally.messagesLeft()).as(REPEAT).isEqualTo(left.size());
        sum.merge(tally);
        carried += left.size();
        open = left;
        from = end;
      }
      assertThat(open).as(REPEAT).isEmpty();
      assertThat(pieces).as(REPEAT).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(sum.messages() - carried).as(REPEAT).isEqualTo(whole.messages());
      assertThat(sum.messagesKept()).as(REPEAT).isEqualTo(whole.messagesKept());
      assertThat(sum.dropped()).as(REPEAT).isEqualTo(whole.dropped());
      numDialogues += expected.size();
      numCarried += carried;
    }
    assertThat(numDialogues).isGreaterThan(CORPORA);
    assertThat(numCarried).isGreaterThan(CORPORA);
  }

  private List<Message> messages() {
    List<Message> messages = new ArrayList<>();
    for (int c = 0; c < 4; c++) {
      Instant at = START;
      for (int i = random.nextInt(60); i > 0; i--) {
        // Often exactly the gap, and exactly at a cut.
        at = at.plusSeconds(random.nextInt(4) == 0 ? GAP : random.nextInt(GAP + 20));
        String sender = "s" + random.nextInt(2);
        messages.add(new Message("c" + c, "m" + i, sender, at, "ko", "text " + i, "test", i));
      }
    }
    return messages;
  }

  /** Moments in order, the last of them after everything. */
  private List<Instant> cuts() {
    List<Instant> cuts = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      cuts.add(START.plusSeconds((long) GAP * random.nextInt(40)));
    }
    cuts.sort(Comparator.naturalOrder());
    cuts.add(Instant.MAX);
    return cuts;
  }

  private static List<Dialogue> build(
      List<Message> messages, DialogueTally tally, Instant end, List<Message> left) {
    List<Message> sorted = new ArrayList<>(messages);
    sorted.sort(
        Comparator.comparing(Message::conversationId)
            .thenComparing(Message::sentAt)
            .thenComparing(Message::sourceRow));
    List<Dialogue> dialogues = new ArrayList<>();
    new DialogueBuilder(CONFIG)
        .build(sorted.iterator(), tally, end, left::addAll)
        .forEachRemaining(dialogues::add);
    return dialogues;
  }
}
