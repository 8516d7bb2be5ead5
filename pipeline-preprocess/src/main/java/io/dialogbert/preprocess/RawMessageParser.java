package io.dialogbert.preprocess;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dialogbert.dialogue.Message;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one line of a JSON Lines export by an explicit schema; nothing is inferred or defaulted.
 */
final class RawMessageParser {
  /**
   * A line that is not a message: a stable name for the reason, and the rule without any value of
   * the line.
   */
  static final class RejectedLine extends Exception {
    final String reason;
    final String rule;

    RejectedLine(String reason, String rule) {
      super(reason + ": " + rule, null, false, false);
      this.reason = reason;
      this.rule = rule;
    }
  }

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final Set<String> languages;

  RawMessageParser(Set<String> languages) {
    this.languages = languages;
  }

  /** A message and the name that its sender shows, where the export tells it. */
  record RawMessage(Message message, Optional<String> senderName) {}

  /**
   * Parses a line.
   *
   * @param row one-based, kept with the message
   * @throws RejectedLine naming the rule that the line breaks
   */
  Message parse(String line, long row) throws RejectedLine {
    return read(line, row).message();
  }

  /** As {@link #parse}, with the sender's name. */
  RawMessage read(String line, long row) throws RejectedLine {
    JsonNode json;
    try {
      json = JSON.readValue(line);
    } catch (JsonProcessingException e) {
      throw new RejectedLine("not-json", "a line must be one JSON object");
    }
    if (!json.isObject()) {
      throw new RejectedLine("not-json", "a line must be one JSON object");
    }
    String lang = string(json, "lang", false);
    if (!languages.contains(lang)) {
      throw new RejectedLine(
          "unknown-language", "lang must be one of " + String.join(", ", languages));
    }
    Message message =
        new Message(
            string(json, "conversation_id", true),
            string(json, "message_id", true),
            string(json, "sender_id", true),
            time(string(json, "sent_at", false)),
            lang,
            string(json, "text", false),
            string(json, "source", false),
            row);
    Optional<String> name =
        json.hasNonNull("sender_name")
            ? Optional.of(string(json, "sender_name", false))
            : Optional.empty();
    return new RawMessage(message, name);
  }

  /** A string field; ids may be whole numbers, since many exports number them. */
  private static String string(JsonNode json, String field, boolean id) throws RejectedLine {
    JsonNode value = json.get(field);
    if (value == null || value.isNull()) {
      throw new RejectedLine("missing-field", field + " must be there");
    }
    if (!value.isTextual() && !(id && value.isIntegralNumber())) {
      throw new RejectedLine(
          "wrong-type", field + " must be a string" + (id ? " or a whole number" : ""));
    }
    String text = value.asText();
    if (id && text.isBlank()) {
      throw new RejectedLine("empty-id", field + " must not be empty");
    }
    return text;
  }

  private static Instant time(String text) throws RejectedLine {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.parse("2100-01-01T00:00:00Z"))) {
        throw new RejectedLine("bad-time", "sent_at must be between 1970 and 2100");
      }
      return time;
    } catch (DateTimeException e) {
      throw new RejectedLine("bad-time", "sent_at must be an ISO-8601 time with a zone");
    }
  }
}
