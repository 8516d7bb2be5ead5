package io.dialogbert.dialogue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Turns a stream of messages into a stream of dialogues.
 *
 * <p>Rules: A silence longer than the session gap starts a new dialogue, as does reaching the limit
 * of turns or messages. A sender's consecutive messages are one turn. A message is dropped if its
 * id was among the last {@value #ID_WINDOW} of its conversation, so the first of several stays. A
 * message with the same sender, time and text as an earlier one is also dropped: merged exports
 * give it two ids. It stays if its time is a whole minute, as in exports without seconds. A
 * dialogue has at least two speakers and {@code minTurns} turns. Only the messages of one dialogue
 * and the window of ids are in memory. Messages of the same time are in the order of their source
 * rows.
 */
public final class DialogueBuilder {
  /** Repeated ids are detected within this many messages of a conversation. */
  static final int ID_WINDOW = 10_000;

  private static final int ID_BYTES = 16;

  private final DialogueConfig config;

  public DialogueBuilder(DialogueConfig config) {
    this.config = config;
  }

  /**
   * The dialogues of {@code messages}, built lazily.
   *
   * @param messages sorted by conversation, time, source row and message id
   * @param tally counts messages read, kept and dropped; complete once the result is exhausted
   * @return dialogues in the order of their first messages; throws IllegalArgumentException if a
   *     message is earlier than the previous one in its conversation
   */
  public Iterator<Dialogue> build(Iterator<Message> messages, DialogueTally tally) {
    return build(messages, tally, Instant.MAX, open -> {});
  }

  /**
   * The same for messages up to some moment, beyond which sessions may go on. A session may do so
   * if it is the last of its conversation, and a message at that moment would still belong to it,
   * or to the dialogue after it if the session is cut there.
   *
   * @param end later than all messages
   * @param open receives the messages of each dialogue that may go on, at most {@code maxMessages};
   *     put before later messages, they give the dialogues that all messages at once would give
   */
  public Iterator<Dialogue> build(
      Iterator<Message> messages, DialogueTally tally, Instant end, Consumer<List<Message>> open) {
    return new Stream(messages, tally, end, open);
  }

  /**
   * The id of a dialogue: 128 bits of SHA-256 of its conversation, start and first message, in
   * URL-safe base64. The start distinguishes dialogues whose message ids recur beyond the window of
   * repeat detection.
   */
  static String dialogueId(String conversationId, Instant startedAt, String firstMessageId) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    byte[] conversation = conversationId.getBytes(StandardCharsets.UTF_8);
    // The length marks where the first id ends.
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(conversation.length).array());
    digest.update(conversation);
    digest.update(
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
            .putLong(startedAt.getEpochSecond())
            .putInt(startedAt.getNano())
            .array());
    byte[] hash = digest.digest(firstMessageId.getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, ID_BYTES));
  }

  private record SentText(String sender, String text) {}

  private static boolean isWholeMinute(Instant time) {
    return time.getNano() == 0 && time.getEpochSecond() % 60 == 0;
  }

  private final class Stream implements Iterator<Dialogue> {
    private final Iterator<Message> messages;
    private final DialogueTally tally;
    private final Instant end;
    private final Consumer<List<Message>> left;
    private final OpenDialogue open = new OpenDialogue();
    private Set<String> recentIds = Set.of();
    private final Set<SentText> sentNow = new HashSet<>();
    private Optional<Message> previous = Optional.empty();
    private Optional<Dialogue> ready = Optional.empty();

    private Stream(
        Iterator<Message> messages,
        DialogueTally tally,
        Instant end,
        Consumer<List<Message>> left) {
      this.messages = messages;
      this.tally = tally;
      this.end = end;
      this.left = left;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && messages.hasNext()) {
        take(messages.next());
      }
      if (ready.isEmpty()) {
        ready = endConversation();
      }
      return ready.isPresent();
    }

    @Override
    public Dialogue next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Dialogue next = ready.orElseThrow();
      ready = Optional.empty();
      return next;
    }

    private void take(Message message) {
      tally.read();
      boolean sameConversation =
          previous.isPresent() && previous.get().conversationId().equals(message.conversationId());
      if (sameConversation && message.sentAt().isBefore(previous.get().sentAt())) {
        throw new IllegalArgumentException(
            "messages of a conversation must be sorted by time: "
                + message
                + " after "
                + previous.get());
      }
      if (!sameConversation) {
        recentIds = newIdWindow();
      }
      if (!recentIds.add(message.messageId())) {
        tally.dropped(DropReason.REPEATED_ID, 1);
        return;
      }
      if (!sameConversation || !message.sentAt().equals(previous.get().sentAt())) {
        sentNow.clear();
      }
      if (sentNow.size() < ID_WINDOW
          && !sentNow.add(new SentText(message.senderId(), message.text()))
          && !isWholeMinute(message.sentAt())) {
        tally.dropped(DropReason.REPEATED_MESSAGE, 1);
        return;
      }
      if (!sameConversation) {
        ready = endConversation();
      } else if (isSilenceBefore(message) || !open.hasRoomFor(message)) {
        ready = close();
      }
      open.add(message);
      previous = Optional.of(message);
    }

    private boolean isSilenceBefore(Message message) {
      return message.sentAt().isAfter(previous.orElseThrow().sentAt().plus(config.sessionGap()));
    }

    /** Ends the last dialogue of a conversation, unless it may go on. */
    private Optional<Dialogue> endConversation() {
      if (open.messages.isEmpty()
          || previous.orElseThrow().sentAt().plus(config.sessionGap()).isBefore(end)) {
        return close();
      }
      tally.left(open.messages.size());
      left.accept(open.messages);
      open.clear();
      return Optional.empty();
    }

    /**
     * Ends the open dialogue and starts an empty one. Returns nothing if the dialogue is too short.
     */
    private Optional<Dialogue> close() {
      if (open.messages.isEmpty()) {
        return Optional.empty();
      }
      List<Message> closed = open.messages;
      int numTurns = open.numTurns;
      int numSpeakers = open.speakers.size();
      open.clear();
      if (numSpeakers < 2) {
        tally.dropped(DropReason.ONE_SPEAKER, closed.size());
        return Optional.empty();
      }
      if (numTurns < config.minTurns()) {
        tally.dropped(DropReason.FEW_TURNS, closed.size());
        return Optional.empty();
      }
      tally.kept(closed.size(), numTurns);
      Message first = closed.get(0);
      return Optional.of(
          new Dialogue(
              dialogueId(first.conversationId(), first.sentAt(), first.messageId()),
              first.conversationId(),
              first.lang(),
              config.splits().of(first.conversationId()),
              first.sentAt(),
              turns(closed, numTurns)));
    }
  }

  private static Set<String> newIdWindow() {
    return Collections.newSetFromMap(
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > ID_WINDOW;
          }
        });
  }

  private static List<Turn> turns(List<Message> messages, int numTurns) {
    List<Turn> turns = new ArrayList<>(numTurns);
    int from = 0;
    for (int i = 1; i <= messages.size(); i++) {
      if (i == messages.size()
          || !messages.get(i).senderId().equals(messages.get(from).senderId())) {
        List<Message> turnMessages = messages.subList(from, i);
        turns.add(
            new Turn(
                turnMessages.get(0).senderId(),
                String.join(" ", turnMessages.stream().map(Message::text).toList()),
                turnMessages.stream().map(Message::messageId).toList()));
        from = i;
      }
    }
    return turns;
  }

  /** The dialogue that messages are being added to. */
  private final class OpenDialogue {
    private List<Message> messages = new ArrayList<>();
    private final Set<String> speakers = new HashSet<>();
    private int numTurns;

    private boolean hasRoomFor(Message message) {
      return messages.size() < config.maxMessages()
          && (numTurns < config.maxTurns() || continuesTurn(message));
    }

    private boolean continuesTurn(Message message) {
      return !messages.isEmpty()
          && messages.get(messages.size() - 1).senderId().equals(message.senderId());
    }

    private void add(Message message) {
      numTurns += continuesTurn(message) ? 0 : 1;
      messages.add(message);
      speakers.add(message.senderId());
    }

    private void clear() {
      messages = new ArrayList<>();
      speakers.clear();
      numTurns = 0;
    }
  }
}
