package io.dialogbert.sample;

import io.dialogbert.common.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** The rows of one shard. Holds one session at a time in memory. */
final class ShardIterator implements Iterator<String> {
  /** Ids of one shard; a longer shard would use ids of the next. */
  private static final long IDS_PER_SHARD = 1_000_000_000_000L;

  private static final double GROUP_PROB = 0.18;
  private static final double BROADCAST_PROB = 0.02;
  private static final double REPEATED_ROW_PROB = 0.003;
  private static final double LATE_ROW_PROB = 0.004;
  private static final int EXPECTED_CHAT_LENGTH = 150;
  private static final long MAX_SESSIONS = 60;
  private static final long MIN_MAX_SESSIONS = 6;

  /** Limits each conversation to a few hundredths of a small shard. */
  private static final long ROWS_PER_MAX_SESSION = 400;

  private static final int NUM_CAMPAIGNS = 12;

  private final SampleConfig config;
  private final Map<Language, Grammar> grammars;
  private final int shard;
  private final Consumer<PlantedPii> plantedConsumer;
  private final SplittableRandom rowRandom;
  private final RowFaults faults;
  private final Deque<SampleMessage> waiting = new ArrayDeque<>();

  private Chat chat;
  private Language language = Language.KOREAN;
  private SplittableRandom chatRandom;
  private int numSessionsLeft;
  private long numChats;
  private long numIds;
  private long numWritten;
  private long numJapanese;

  ShardIterator(
      SampleConfig config,
      Map<Language, Grammar> grammars,
      int shard,
      Consumer<PlantedPii> plantedConsumer) {
    this.config = config;
    this.grammars = grammars;
    this.shard = shard;
    this.plantedConsumer = plantedConsumer;
    this.rowRandom = Seeds.of(config.seed(), "rows", shard);
    this.faults = new RowFaults(rowRandom);
  }

  @Override
  public boolean hasNext() {
    return numWritten < config.numMessagesOf(shard);
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException("shard " + shard + " is at its end");
    }
    while (waiting.isEmpty()) {
      refill();
    }
    SampleMessage message = waiting.pop();
    numWritten++;
    if (message.language() == Language.JAPANESE) {
      numJapanese++;
    }
    if (rowRandom.nextDouble() < config.brokenRowRatio()) {
      return faults.broken(message);
    }
    String id = (message.language() == Language.KOREAN ? "" : "m") + message.messageId();
    for (Scene.PlantedValue value : message.planted()) {
      plantedConsumer.accept(
          new PlantedPii(
              value.kind().toUpperCase(Locale.ROOT), value.value(), message.conversationId(), id));
    }
    return message.toJson();
  }

  private void refill() {
    if (numSessionsLeft == 0) {
      openChat();
    }
    numSessionsLeft--;
    List<SampleMessage> session = new ArrayList<>(chat.nextSession());
    if (chatRandom.nextDouble() < BROADCAST_PROB) {
      session.add(broadcast());
    }
    enqueue(session);
  }

  /** Queues a session. Some rows are late by one position; some appear twice. */
  private void enqueue(List<SampleMessage> session) {
    for (int i = 0; i + 1 < session.size(); i++) {
      if (rowRandom.nextDouble() < LATE_ROW_PROB) {
        SampleMessage late = session.set(i, session.get(i + 1));
        session.set(i + 1, late);
      }
    }
    for (SampleMessage message : session) {
      waiting.add(message);
      if (rowRandom.nextDouble() < REPEATED_ROW_PROB) {
        waiting.add(message);
      }
    }
  }

  private void openChat() {
    chatRandom = Seeds.of(config.seed(), "chat", shard, numChats++);
    // Favors the language that is behind, so that small corpora keep the ratio too.
    double missing =
        config.japaneseRatio() * (numWritten + EXPECTED_CHAT_LENGTH) - (double) numJapanese;
    language =
        chatRandom.nextDouble() * EXPECTED_CHAT_LENGTH < missing
            ? Language.JAPANESE
            : Language.KOREAN;
    Grammar grammar = grammars.get(language);
    boolean group = chatRandom.nextDouble() < GROUP_PROB;
    chat =
        new Chat(
            grammar,
            language,
            "c" + Long.toHexString(Seeds.hash(config.seed(), "chat-id", shard, numChats)),
            members(new People(grammar, language, config), group ? chatRandom.nextInt(3, 7) : 2),
            chatRandom,
            () -> IDS_PER_SHARD * (shard + 1) + numIds++);
    if (group) {
      enqueue(chat.joining());
    }
    long maxSessions =
        Math.max(
            MIN_MAX_SESSIONS,
            Math.min(MAX_SESSIONS, config.numMessagesOf(shard) / ROWS_PER_MAX_SESSION));
    // Pareto distribution: most conversations are short, a few continue for months.
    numSessionsLeft =
        (int) Math.min((double) maxSessions, 3 / Math.pow(1 - chatRandom.nextDouble(), 1 / 1.3));
  }

  /**
   * Friends speak casually and strangers politely. In a third kind of chat, every second member
   * speaks politely.
   */
  private List<Person> members(People people, int numMembers) {
    double manners = chatRandom.nextDouble();
    List<Person> members = new ArrayList<>();
    while (members.size() < numMembers) {
      boolean polite = manners < 0.62 ? false : manners < 0.85 ? true : members.size() % 2 == 1;
      Person drawn = people.draw(chatRandom, polite);
      if (members.stream()
          .noneMatch(m -> m.id().equals(drawn.id()) || m.name().equals(drawn.name()))) {
        members.add(drawn);
      }
    }
    return members;
  }

  private SampleMessage broadcast() {
    Grammar grammar = grammars.get(language);
    int campaign = chatRandom.nextInt(1 + chatRandom.nextInt(NUM_CAMPAIGNS));
    SplittableRandom random = Seeds.of(config.seed(), "campaign", language.code(), campaign);
    Person sender = new Person("channel" + campaign, "", true, "", 0, 0, 0, 0);
    Scene scene = new Scene(grammar, random, List.of(sender));
    String text = scene.render(grammar.list("broadcast").draw(random), sender);
    return chat.broadcast(sender.id(), text, scene.planted());
  }
}
