package io.dialogbert.job.ingest.read;

import io.dialogbert.dialogue.Message;
import io.dialogbert.text.normalize.CanonicalId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Builds messages from a row's field values by an explicit schema; nothing is inferred or
 * defaulted.
 */
public final class RawMessageParser {
  /** A whole number, as digits. */
  record WholeNumber(String digits) {}

  /** A value that is neither a string nor a whole number. */
  static final Object OTHER = new Object();

  /** A value that should be a string but is not UTF-8. */
  static final Object NOT_UTF_8 = new Object();

  /** What databases and programs write for missing values. */
  private static final Set<String> WORDS_FOR_NONE =
      Set.of("NULL", "null", "\\N", "None", "NaN", "nan", "<NA>", "N/A", "#N/A", "undefined");

  /** A whole number that went through a spreadsheet or a floating-point column. */
  private static final Pattern CALCULATED =
      Pattern.compile("-?(?:[0-9]+\\.0|[0-9](?:\\.[0-9]+)?[eE]\\+[0-9]{2,3})");

  private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

  private final RawSchema schema;
  private final TimeFormat timeFormat;
  private final TimeFormat.Reader times;

  RawMessageParser(RawSchema schema) {
    this.schema = schema;
    this.timeFormat = schema.time();
    this.times = timeFormat.reader();
  }

  /**
   * Builds the message from the values.
   *
   * @param values by field: a string, {@link WholeNumber}, time ({@link Instant}), {@link #OTHER}
   *     or {@link #NOT_UTF_8}; null if empty, absent if the row has no such field
   * @param row one-based, kept with the message
   * @throws RejectedRow naming the rule that the row breaks, or {@link RejectedRow#isSystemRow}
   */
  RawMessage message(Map<RawField, Object> values, long row) throws RejectedRow {
    try {
      return strictly(values, row);
    } catch (RejectedRow e) {
      throw withSender(e, values);
    }
  }

  /** Adds the sender, since a person whose rows are all rejected still takes part. */
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
    if (isNothing(values.get(RawField.SENDER_ID))) {
      // The other fields of a messenger's own row are unknown, but it must have a conversation and
      // a time.
      string(values, RawField.CONVERSATION_ID);
      time(values.get(RawField.SENT_AT));
      throw RejectedRow.systemRow(
          schema.name(RawField.SENDER_ID) + " must be there",
          values.containsKey(RawField.SENDER_ID));
    }
    String lang = string(values, RawField.LANG);
    if (!schema.languages().contains(lang)) {
      throw new RejectedRow(
          "unknown-language",
          schema.name(RawField.LANG)
              + " must be one of "
              + String.join(", ", new TreeSet<>(schema.languages())));
    }
    String conversation = string(values, RawField.CONVERSATION_ID);
    String id =
        schema.columns().containsKey(RawField.MESSAGE_ID)
            ? string(values, RawField.MESSAGE_ID)
            : null;
    String sender = string(values, RawField.SENDER_ID);
    Instant sentAt = time(values.get(RawField.SENT_AT));
    String text = string(values, RawField.TEXT);
    String source = string(values, RawField.SOURCE);
    Object name = values.get(RawField.SENDER_NAME);
    if (name != null && !(name instanceof String)) {
      throw new RejectedRow("wrong-type", schema.name(RawField.SENDER_NAME) + " must be a string");
    }
    if (id == null) {
      // If a file is one conversation, its rows are numbered; otherwise the content identifies a
      // row.
      boolean numbered = schema.constants().containsKey(RawField.CONVERSATION_ID);
      id = numbered ? Long.toString(row) : idOf(sender, sentAt, lang, source, text);
    }
    return new RawMessage(
        new Message(conversation, id, sender, sentAt, lang, text, source, row), (String) name);
  }

  /** An id within the conversation that depends only on the message, not on other files. */
  private static String idOf(
      String sender, Instant sentAt, String lang, String source, String text) {
    return DigestUtils.sha256Hex(
        String.join("\n", CanonicalId.of(sender), sentAt.toString(), lang, source, text));
  }

  private static boolean isNothing(Object value) {
    return value == null || (value instanceof String id && CanonicalId.of(id).isEmpty());
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
    if (value == NOT_UTF_8) {
      throw new RejectedRow("not-utf-8", schema.name(field) + " must be UTF-8 text");
    }
    if (!(value instanceof String text)) {
      throw new RejectedRow(
          "wrong-type",
          schema.name(field) + " must be a string" + (field.isId() ? " or a whole number" : ""));
    }
    if (field.isId()) {
      checkId(text, field);
    }
    return text;
  }

  /** Rejects values that identify nobody, since all rows with such a value would be merged. */
  private void checkId(String id, RawField field) throws RejectedRow {
    if (CanonicalId.of(id).isEmpty()) {
      throw new RejectedRow("empty-id", schema.name(field) + " must not be empty");
    }
    // If a file is one conversation, senders are names that people chose.
    boolean chosen = schema.constants().containsKey(RawField.CONVERSATION_ID);
    if (!chosen && WORDS_FOR_NONE.contains(id)) {
      throw new RejectedRow(
          "empty-id",
          schema.name(field) + " must be an id, or empty, and no word for none such as NULL");
    }
    if (!chosen && CALCULATED.matcher(id).matches()) {
      throw new RejectedRow(
          "wrong-type",
          schema.name(field)
              + " must be as it was, and no number that a program made of it: 12.0, 1.2E+15");
    }
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
   * Checks that a time is plausible for a messenger.
   *
   * @throws RejectedRow if it is not between 1970 and 2100
   */
  public static Instant checked(Instant time, String name) throws RejectedRow {
    if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
      throw new RejectedRow("bad-time", name + " must be between 1970 and 2100");
    }
    return time;
  }
}
