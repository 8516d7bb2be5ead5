package io.dialogbert.job.ingest;

import io.dialogbert.dialogue.DropReason;
import io.dialogbert.dialogue.Message;
import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.RawField;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.privacy.MaskedText;
import io.dialogbert.privacy.PiiKind;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import io.dialogbert.text.normalize.CanonicalId;
import io.dialogbert.text.normalize.Normalizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/**
 * Turns a raw message into a row of the messages table: pseudonymizes ids, normalizes text and
 * name, and masks personal data, also in the source's name. Not thread-safe.
 */
final class MessageCleaner {
  /**
   * Longer than any line: personal data such as www.example.kr must be found before runs are cut.
   */
  private static final Normalizer WHOLE_RUNS = new Normalizer(1 << 20, false);

  private static final String TEXT_RULE =
      "text and source must have at most " + PiiMasker.MAX_LENGTH + " characters";

  /** Conversations and senders come in runs. About 200 bytes per entry. */
  private static final int MAX_KNOWN_PSEUDONYMS = 10_000;

  private final Normalizer normalizer;
  private final SystemLines systemLines = new SystemLines();
  private final PiiMasker masker = PiiMasker.standard();
  private final Pseudonymizer pseudonymizer;
  private final Map<String, String> conversations = new Recent();
  private final Map<String, String> senders = new Recent();
  private final Map<String, String> sources = new Recent();
  private final IngestCounts counts;

  private final RowMapping<Clean> messages =
      new RowMapping.Builder<Clean>(RowIngester.SCHEMA)
          .set("file", Clean::file)
          .set("row", clean -> clean.raw().message().sourceRow())
          .setNull("reason", "rule", "hash")
          .set("conversation_id", clean -> conversation(clean.raw().message().conversationId()))
          .set("message_id", Clean::messageId)
          .set("sender_id", clean -> sender(clean.raw().message().senderId()))
          .set("sent_at", clean -> clean.raw().message().sentAt())
          .set("lang", clean -> clean.raw().message().lang())
          .set("text", Clean::text)
          .set("source", clean -> source(clean.raw().message().source()))
          .set("source_row", clean -> clean.raw().message().sourceRow())
          .set("sender_name", clean -> name(clean.raw().senderName()))
          .set(RowIngester.STATED_NAMES, Clean::statedNames)
          .build();

  private final RowMapping<Reject> rejects =
      new RowMapping.Builder<Reject>(RowIngester.SCHEMA)
          .set("file", Reject::file)
          .set("row", Reject::row)
          .set("reason", reject -> reject.why().reason)
          .set("rule", reject -> reject.why().rule)
          .set("hash", Reject::hash)
          .set("conversation_id", reject -> reject.of(s -> conversation(s.conversationId())))
          .set("sender_id", reject -> reject.of(s -> sender(s.senderId())))
          .set("sender_name", reject -> reject.of(s -> name(s.name())))
          .setNull("message_id", "sent_at", "lang", "text", "source", "source_row")
          .setNull(RowIngester.STATED_NAMES)
          .build();

  /** A message with its new id, text and stated names; all are null if it is dropped. */
  private record Clean(
      String file, RawMessage raw, String messageId, String text, String statedNames) {}

  private record Reject(String file, long row, RejectedRow why, String hash) {
    /** A value of the sender; null if the sender is not known. */
    String of(Function<RejectedRow.Participant, String> value) {
      return why.sender.map(value).orElse(null);
    }
  }

  /** The most recently used entries. */
  private static final class Recent extends LinkedHashMap<String, String> {
    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
      return size() > MAX_KNOWN_PSEUDONYMS;
    }
  }

  MessageCleaner(int maxRepeats, Pseudonymizer pseudonymizer, IngestCounts counts) {
    this.normalizer = new Normalizer(maxRepeats, false);
    this.pseudonymizer = pseudonymizer;
    this.counts = counts;
  }

  /**
   * A message as a row of {@link RowIngester#SCHEMA}. A dropped message has no text; one that the
   * messenger wrote gives no row.
   *
   * @throws RejectedRow if its text, or the name of its source, is too long for masking
   */
  Optional<Row> clean(String file, RawMessage raw) throws RejectedRow {
    Message message = raw.message();
    String whole = WHOLE_RUNS.normalize(message.text());
    if (Math.max(whole.length(), message.source().length()) > PiiMasker.MAX_LENGTH) {
      throw new RejectedRow("text-too-long", TEXT_RULE)
          .of(
              new RejectedRow.Participant(
                  message.conversationId(), message.senderId(), raw.senderName()));
    }
    String normalized = normalizer.normalize(whole);
    Optional<DropReason> dropped =
        raw.senderName() == null
            ? systemLines.reasonToDrop(normalized)
            : systemLines.reasonToDrop(normalized, normalizer.normalize(raw.senderName()));
    if (dropped.isPresent()) {
      counts.add(IngestCounts.DROPPED + dropped.get().label(), 1);
      return dropped.get() == DropReason.SYSTEM_LINE
          ? Optional.empty()
          : Optional.of(messages.row(new Clean(file, raw, null, null, null)));
    }
    MaskedText masked = masker.mask(whole);
    masked.counts().forEach((kind, n) -> counts.add(IngestCounts.PII + kind.fileName(), n));
    counts.add(IngestCounts.ROWS_OUT, 1);
    // Includes the conversation, since many exports number messages within one.
    String id =
        pseudonymizer.pseudonym(
            Kind.MESSAGE,
            message.conversationId(),
            canonical(RawField.MESSAGE_ID, message.messageId()));
    String text = masked.counts().isEmpty() ? normalized : normalizer.normalize(masked.text());
    String statedNames = masked.counts().containsKey(PiiKind.NAME) ? statedNames(whole) : null;
    return Optional.of(messages.row(new Clean(file, raw, id, text, statedNames)));
  }

  /** The names that a text states, normalized as texts are; null if there are none. */
  private String statedNames(String text) {
    Set<String> names = masker.statedNames(text);
    if (names.isEmpty()) {
      return null;
    }
    counts.sawName();
    counts.add(IngestCounts.NAMES_STATED, names.size());
    return names.stream().map(normalizer::normalize).collect(Collectors.joining("\n"));
  }

  /** A rejection as a row of {@link RowIngester#SCHEMA}. */
  Row reject(String file, long row, RejectedRow rejected, String hash) {
    return rejects.row(new Reject(file, row, rejected, hash));
  }

  private String conversation(String rawId) {
    return conversations.computeIfAbsent(
        canonical(RawField.CONVERSATION_ID, rawId),
        id -> pseudonymizer.pseudonym(Kind.CONVERSATION, id));
  }

  private String sender(String rawId) {
    return senders.computeIfAbsent(
        canonical(RawField.SENDER_ID, rawId), id -> pseudonymizer.pseudonym(Kind.SENDER, id));
  }

  /**
   * Returns the canonical id, and counts ids spelled differently. Pseudonyms always use the
   * canonical form.
   */
  private String canonical(RawField field, String rawId) {
    String id = CanonicalId.of(rawId);
    if (!id.equals(rawId)) {
      counts.add(IngestCounts.RESPELLED + field.key(), 1);
    }
    return id;
  }

  /** Masked but not counted: a channel's name is not message text. */
  private String source(String rawSource) {
    return sources.computeIfAbsent(rawSource, source -> masker.mask(source).text());
  }

  private String name(String name) {
    if (name == null) {
      return null;
    }
    String normalized = normalizer.normalize(name);
    if (normalized.isEmpty()) {
      return null;
    }
    counts.sawName();
    return normalized;
  }
}
