package io.dialogbert.preprocess;

import io.dialogbert.dialogue.Message;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;

/**
 * Makes messages of the values that a row has for their fields, by an explicit schema; nothing is
 * inferred or defaulted.
 */
final class RawMessageParser {
  /** A whole number, in its digits. */
  record WholeNumber(String digits) {}

  /** What is neither a string nor a whole number. */
  static final Object OTHER = new Object();

  private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

  private final RawSchema schema;
  private final TimeFormat timeFormat;
  private final TimeFormat.Reader times;
  private final String fileName;

  /**
   * A parser of one file's rows.
   *
   * @param fileName makes message ids of row numbers where no column tells them
   */
  RawMessageParser(RawSchema schema, String fileName) {
    this.schema = schema;
    this.timeFormat = schema.time();
    this.times = timeFormat.reader();
    this.fileName = fileName;
  }

  /**
   * The message that the values make.
   *
   * @param values of the fields, a string, {@link WholeNumber}, time ({@link Instant}) or {@link
   *     #OTHER}, or null where there is none
   * @param row one-based, kept with the message
   * @throws RejectedRow naming the rule that the row breaks
   */
  RawMessage message(Map<RawField, Object> values, long row) throws RejectedRow {
    try {
      return strictly(values, row);
    } catch (RejectedRow e) {
      throw withSender(e, values);
    }
  }

  /** Somebody whose rows are all rejected takes part, too. */
  RejectedRow withSender(RejectedRow rejected, Map<RawField, Object> values) {
    try {
      return rejected.of(
          new RejectedRow.Participant(
              string(values, RawField.CONVERSATION_ID),
              string(values, RawField.SENDER_ID),
              values.get(RawField.SENDER_NAME) instanceof String name ? name : null));
    } catch (RejectedRow e) {
      return rejected;
    }
  }

  private RawMessage strictly(Map<RawField, Object> values, long row) throws RejectedRow {
    String lang = string(values, RawField.LANG);
    if (!schema.languages().contains(lang)) {
      throw new RejectedRow(
          "unknown-language",
          schema.name(RawField.LANG)
              + " must be one of "
              + String.join(", ", new TreeSet<>(schema.languages())));
    }
    String conversation = string(values, RawField.CONVERSATION_ID);
    String message =
        schema.columns().containsKey(RawField.MESSAGE_ID)
            ? string(values, RawField.MESSAGE_ID)
            : fileName + ":" + row;
    String sender = string(values, RawField.SENDER_ID);
    Instant sentAt = time(values.get(RawField.SENT_AT));
    String text = string(values, RawField.TEXT);
    String source = string(values, RawField.SOURCE);
    Object name = values.get(RawField.SENDER_NAME);
    if (name != null && !(name instanceof String)) {
      throw new RejectedRow("wrong-type", schema.name(RawField.SENDER_NAME) + " must be a string");
    }
    return new RawMessage(
        new Message(conversation, message, sender, sentAt, lang, text, source, row), (String) name);
  }

  /** A string field; ids may be whole numbers, since many exports number them. */
  private String string(Map<RawField, Object> values, RawField field) throws RejectedRow {
    String constant = schema.constants().get(field);
    if (constant != null) {
      return constant;
    }
    Object value = present(values.get(field), field);
    if (value instanceof WholeNumber number && field.isId()) {
      return number.digits();
    }
    if (!(value instanceof String text)) {
      throw new RejectedRow(
          "wrong-type",
          schema.name(field) + " must be a string" + (field.isId() ? " or a whole number" : ""));
    }
    if (field.isId() && text.isBlank()) {
      throw new RejectedRow("empty-id", schema.name(field) + " must not be empty");
    }
    return text;
  }

  private Object present(Object value, RawField field) throws RejectedRow {
    if (value == null) {
      throw new RejectedRow("missing-field", schema.name(field) + " must be there");
    }
    return value;
  }

  private Instant time(Object value) throws RejectedRow {
    String name = schema.name(RawField.SENT_AT);
    Object there = present(value, RawField.SENT_AT);
    Instant time;
    if (there instanceof Instant instant) {
      time = instant;
    } else if (there instanceof String || (there instanceof WholeNumber && timeFormat.isEpoch())) {
      try {
        time = times.read(there instanceof WholeNumber number ? number.digits() : (String) there);
      } catch (DateTimeException e) {
        throw new RejectedRow("bad-time", name + " must be " + timeFormat.rule());
      }
    } else {
      throw new RejectedRow(
          "wrong-type",
          name + " must be a string" + (timeFormat.isEpoch() ? " or a whole number" : ""));
    }
    return checked(time, name);
  }

  /**
   * A time that is one of a messenger.
   *
   * @throws RejectedRow if it is not between 1970 and 2100
   */
  static Instant checked(Instant time, String name) throws RejectedRow {
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
      throw new RejectedRow("bad-time", name + " must be between 1970 and 2100");
    }
    return time;
  }
}
