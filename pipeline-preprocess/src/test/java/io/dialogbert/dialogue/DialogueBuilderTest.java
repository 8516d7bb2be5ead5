package io.dialogbert.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DialogueBuilderTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029L);
  private static final Instant START = Instant.parse("2024-05-01T09:00:00Z");
  private static final Splits SPLITS = new Splits(1, 0.1, 0.1);
  private static final DialogueConfig CONFIG =
      new DialogueConfig(Duration.ofMinutes(30), 2, 4, 100, SPLITS);

  private final DialogueTally tally = new DialogueTally();

  @Test
  void joinsASendersConsecutiveMessages() {
    List<Dialogue> dialogues =
        build(
            message("c1", "m1", "a", 0, "안녕"),
            message("c1", "m2", "a", 1, "뭐해"),
            message("c1", "m3", "b", 2, "밥"));

    assertThat(dialogues)
        .containsExactly(
            new Dialogue(
                DialogueBuilder.dialogueId("c1", START, "m1"),
                "c1",
                "ko",
                SPLITS.of("c1"),
                START,
                List.of(
                    new Turn("a", "안녕 뭐해", List.of("m1", "m2")),
                    new Turn("b", "밥", List.of("m3")))));
    assertThat(tally.messages()).isEqualTo(3);
    assertThat(tally.messagesKept()).isEqualTo(3);
    assertThat(tally.turns()).isEqualTo(2);
    assertThat(tally.dialogues()).isEqualTo(1);
    assertThat(tally.dropped()).isEmpty();
  }

  @Test
  void startsADialogueAfterASilenceLongerThanTheGap() {
    List<Dialogue> dialogues =
        build(
            message("c1", "m1", "a", 0, "1"),
            message("c1", "m2", "b", 30 * 60, "2"),
            message("c1", "m3", "a", 60 * 60 + 1, "3"),
            message("c1", "m4", "b", 60 * 60 + 2, "4"));

    assertThat(dialogues)
        .extracting(DialogueBuilderTest::messageIds)
        .containsExactly(List.of("m1", "m2"), List.of("m3", "m4"));
  }

  @Test
  void startsADialogueWithEachConversation() {
    List<Dialogue> dialogues =
        build(
            message("c1", "m1", "a", 5, "1"),
            message("c1", "m2", "b", 6, "2"),
            message("c2", "m1", "b", 0, "3"),
            message("c2", "m2", "a", 1, "4"));

    assertThat(dialogues).extracting(Dialogue::conversationId).containsExactly("c1", "c2");
    assertThat(dialogues).extracting(Dialogue::dialogueId).doesNotHaveDuplicates();
    assertThat(tally.dropped()).isEmpty();
  }

  @Test
  void dropsRepeatedIdsAndKeepsTheFirst() {
    List<Dialogue> dialogues =
        build(
            message("c1", "m1", "a", 0, "1"),
            message("c1", "m1", "a", 0, "1"),
            message("c1", "m2", "b", 1, "2"),
            message("c1", "m1", "b", 2, "x"));

    assertThat(dialogues)
        .extracting(DialogueBuilderTest::messageIds)
        .containsExactly(List.of("m1", "m2"));
    assertThat(tally.dropped()).isEqualTo(Map.of(DropReason.REPEATED_ID, 2L));
  }

  @Test
  void dropsWhatASenderSaidAtTheSameTimeUnderAnotherId() {
    List<Dialogue> dialogues =
        build(
            message("c1", "m1", "a", 1, "1"),
            message("c1", "m2", "b", 1, "1"),
            message("c1", "m3", "a", 1, "1"),
            message("c1", "m4", "a", 1, "2"),
            message("c1", "m5", "a", 2, "1"),
            message("c2", "m6", "a", 2, "1"),
            message("c2", "m7", "b", 2, "1"));

    assertThat(dialogues)
        .extracting(DialogueBuilderTest::messageIds)
        .containsExactly(List.of("m1", "m2", "m4", "m5"), List.of("m6", "m7"));
    assertThat(tally.dropped()).isEqualTo(Map.of(DropReason.REPEATED_MESSAGE, 1L));
  }

  @Test
  void aWholeMinuteTellsNotWhetherAMessageIsRepeated() {
    assertThat(
            build(
                message("c1", "m1", "a", 60, "ㅋㅋ"),
                message("c1", "m2", "a", 60, "ㅋㅋ"),
                message("c1", "m3", "b", 60, "응")))
        .extracting(DialogueBuilderTest::messageIds)
        .containsExactly(List.of("m1", "m2", "m3"));
    assertThat(tally.dropped()).isEmpty();
  }

  @Test
  void talliesAddUp() {
    build(message("c1", "m1", "a", 0, "1"), message("c1", "m2", "b", 1, "2"));
    DialogueTally sum = new DialogueTally();
    sum.merge(tally);
    build(message("c1", "m1", "a", 0, "1"));
    sum.merge(tally);

    assertThat(sum.messages()).isEqualTo(2 + 3);
    assertThat(sum.messagesKept()).isEqualTo(2 + 2);
    assertThat(sum.dialogues()).isEqualTo(1 + 1);
    assertThat(sum.turns()).isEqualTo(2 + 2);
    assertThat(sum.dropped()).isEqualTo(Map.of(DropReason.ONE_SPEAKER, 1L));
  }

  @Test
  void dropsSessionsOfOneSpeaker() {
    assertThat(build(message("c1", "m1", "a", 0, "1"), message("c1", "m2", "a", 1, "2"))).isEmpty();
    assertThat(tally.dropped()).isEqualTo(Map.of(DropReason.ONE_SPEAKER, 2L));
  }

  @Test
  void dropsSessionsOfFewTurns() {
    DialogueConfig config = new DialogueConfig(Duration.ofMinutes(30), 3, 4, 100, SPLITS);

    assertThat(
            build(
                config,
                message("c1", "m1", "a", 0, "1"),
                message("c1", "m2", "b", 1, "2"),
                message("c1", "m3", "b", 2, "3")))
        .isEmpty();
    assertThat(tally.dropped()).isEqualTo(Map.of(DropReason.FEW_TURNS, 3L));
  }

  @Test
  void cutsAtTheLimitOfTurnsButNotWithinATurn() {
    List<Dialogue> dialogues =
        build(
            Stream.of("a", "b", "a", "b", "b", "a", "b")
                .map(new Numbering()::message)
                .toArray(Message[]::new));

    assertThat(dialogues)
        .extracting(DialogueBuilderTest::messageIds)
        .containsExactly(List.of("m0", "m1", "m2", "m3", "m4"), List.of("m5", "m6"));
  }

  @Test
  void cutsAtTheLimitOfMessages() {
    DialogueConfig config = new DialogueConfig(Duration.ofMinutes(30), 2, 2, 3, SPLITS);

    List<Dialogue> dialogues =
        build(
            config,
            Stream.of("a", "b", "b", "b", "a")
                .map(new Numbering()::message)
                .toArray(Message[]::new));

    assertThat(dialogues)
        .extracting(DialogueBuilderTest::messageIds)
        .containsExactly(List.of("m0", "m1", "m2"), List.of("m3", "m4"));
  }

  @Test
  void keepsTheSpeakersOfAGroup() {
    List<Dialogue> dialogues =
        build(Stream.of("a", "b", "c", "a").map(new Numbering()::message).toArray(Message[]::new));

    assertThat(dialogues.get(0).turns())
        .extracting(Turn::speaker)
        .containsExactly("a", "b", "c", "a");
  }

  @Test
  void refusesMessagesOutOfOrderWithoutShowingThem() {
    assertThatThrownBy(
            () -> build(message("c1", "m1", "a", 10, "비밀"), message("c1", "m2", "b", 9, "비밀")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "messages of a conversation must be sorted by time: Message[test, row 9, length 2] after Message[test, row 10, length 2]");
  }

  /** The expected value is from Python's hashlib. */
  @Test
  void namesADialogueAlwaysTheSame() {
    String id = DialogueBuilder.dialogueId("c1", START, "m1");
    assertThat(id).isEqualTo("0Xh8QKh1spagCDtvOV0W-g");
    assertThat(DialogueBuilder.dialogueId("c1", START.plusNanos(1000), "m1")).isNotEqualTo(id);
    assertThat(DialogueBuilder.dialogueId("c", START, "1m1")).isNotEqualTo(id);
  }

  @Test
  void givesDialoguesIdsOfTheirOwnWhereMessageIdsBeginAgain() {
    int numIds = DialogueBuilder.ID_WINDOW + CONFIG.maxTurns();
    Message[] messages =
        IntStream.range(0, 2 * numIds)
            .mapToObj(i -> message("c1", "m" + i % numIds, i % 2 == 0 ? "a" : "b", i, "x" + i))
            .toArray(Message[]::new);

    List<Dialogue> dialogues = build(messages);

    assertThat(tally.dropped()).isEmpty();
    assertThat(messageIds(dialogues.get(numIds / CONFIG.maxTurns())))
        .isEqualTo(messageIds(dialogues.get(0)));
    assertThat(dialogues).extracting(Dialogue::dialogueId).doesNotHaveDuplicates();
  }

  @Test
  void readsNoFurtherThanTheNextDialogueNeeds() {
    List<Message> taken = new ArrayList<>();
    Iterator<Message> endless =
        Stream.iterate(0, i -> i + 1)
            .map(i -> message("c1", "m" + i, i % 2 == 0 ? "a" : "b", i, "x"))
            .peek(taken::add)
            .iterator();

    Iterator<Dialogue> dialogues = new DialogueBuilder(CONFIG).build(endless, tally);
    dialogues.next();

    assertThat(taken).hasSize(5);
  }

  @Test
  void streamsALongMonologueInBoundedMemory() {
    DialogueConfig config = new DialogueConfig(Duration.ofDays(1), 2, 4, 100, SPLITS);
    Iterator<Message> monologue =
        IntStream.range(0, 1_000_000)
            .mapToObj(i -> message("c1", "m" + i, "a", i / 1000, "x" + i))
            .iterator();

    assertThat(new DialogueBuilder(config).build(monologue, tally).hasNext()).isFalse();
    assertThat(tally.dropped()).isEqualTo(Map.of(DropReason.ONE_SPEAKER, 1_000_000L));
  }

  @Test
  void endsLikeAnIterator() {
    Iterator<Dialogue> dialogues =
        new DialogueBuilder(CONFIG).build(List.<Message>of().iterator(), tally);

    assertThat(dialogues.hasNext()).isFalse();
    assertThatThrownBy(dialogues::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void losesNoMessageUncountedAndKeepsEveryRule() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Message> messages = randomMessages(random);

    List<Dialogue> dialogues = build(messages.toArray(Message[]::new));

    String note = "tests.seed " + SEED;
    assertThat(tally.messages()).as(note).isEqualTo(messages.size());
    assertThat(tally.messagesKept() + tally.dropped().values().stream().mapToLong(n -> n).sum())
        .as(note)
        .isEqualTo(messages.size());
    assertThat(tally.dialogues()).as(note).isEqualTo(dialogues.size()).isPositive();
    assertThat(tally.turns())
        .as(note)
        .isEqualTo(dialogues.stream().mapToLong(d -> d.turns().size()).sum());
    Set<String> seen = new HashSet<>();
    for (Dialogue dialogue : dialogues) {
      assertThat(dialogue.turns().size()).as(note).isBetween(CONFIG.minTurns(), CONFIG.maxTurns());
      assertThat(dialogue.turns().stream().map(Turn::speaker).distinct().count())
          .as(note)
          .isGreaterThanOrEqualTo(2);
      assertThat(dialogue.split()).as(note).isEqualTo(SPLITS.of(dialogue.conversationId()));
      assertThat(seen.add(dialogue.dialogueId())).as(note).isTrue();
      messageIds(dialogue)
          .forEach(id -> assertThat(seen.add(dialogue.conversationId() + id)).as(note).isTrue());
    }
    assertThat(
            messages.stream()
                .filter(m -> seen.contains(m.conversationId() + m.messageId()))
                .map(m -> m.conversationId() + m.messageId())
                .distinct()
                .count())
        .as(note)
        .isEqualTo(tally.messagesKept());
  }

  private static List<Message> randomMessages(SplittableRandom random) {
    List<Message> messages = new ArrayList<>();
    for (int c = 0; c < 300; c++) {
      long seconds = 0;
      int length = random.nextInt(1, 60);
      for (int m = 0; m < length; m++) {
        seconds += random.nextInt(10) == 0 ? random.nextInt(2 * 60 * 60) : random.nextInt(3);
        int id = random.nextInt(20) == 0 ? random.nextInt(m + 1) : m;
        messages.add(message("c" + c, "m" + id, "s" + random.nextInt(3), seconds, "글" + m));
      }
    }
    return messages;
  }

  private List<Dialogue> build(Message... messages) {
    return build(CONFIG, messages);
  }

  private List<Dialogue> build(DialogueConfig config, Message... messages) {
    List<Dialogue> dialogues = new ArrayList<>();
    new DialogueBuilder(config)
        .build(Arrays.asList(messages).iterator(), tally)
        .forEachRemaining(dialogues::add);
    return dialogues;
  }

  private static Message message(
      String conversation, String id, String sender, long seconds, String text) {
    return new Message(
        conversation, id, sender, START.plusSeconds(seconds), "ko", text, "test", seconds);
  }

  private static List<String> messageIds(Dialogue dialogue) {
    return dialogue.turns().stream().flatMap(turn -> turn.messageIds().stream()).toList();
  }

  /** Messages m0, m1, ... one second apart. */
  private static final class Numbering {
    private int next;

    private Message message(String sender) {
      int number = next++;
      return DialogueBuilderTest.message("c1", "m" + number, sender, number, "x");
    }
  }
}
