package io.dialogbert.job.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dialogbert.dialogue.Message;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawMessageParserTest {
  private static final String LINE =
      """
      {"conversation_id":"c1","message_id":"m1","sender_id":"s1",\
      "sent_at":"2024-05-01T09:30:00+09:00","lang":"ko","text":"비밀 얘기","source":"kakao"}""";

  private static final Map<RawField, String> COLUMNS =
      Map.of(
          RawField.CONVERSATION_ID, "conversation_id",
          RawField.MESSAGE_ID, "message_id",
          RawField.SENDER_ID, "sender_id",
          RawField.SENDER_NAME, "sender_name",
          RawField.SENT_AT, "sent_at",
          RawField.LANG, "lang",
          RawField.TEXT, "text",
          RawField.SOURCE, "source");
  private static final Set<String> LANGUAGES = Set.of("ko", "ja");

  private final JsonRows parser =
      new JsonRows(null, new RawSchema(COLUMNS, Map.of(), TimeFormat.ISO, "", LANGUAGES));

  @Test
  void readsAllFieldsAndKeepsTheRow() throws RejectedRow {
    assertThat(parser.parse(LINE, 42))
        .isEqualTo(
            new RawMessage(
                new Message(
                    "c1",
                    "m1",
                    "s1",
                    Instant.parse("2024-05-01T00:30:00Z"),
                    "ko",
                    "비밀 얘기",
                    "kakao",
                    42),
                null));
  }

  @Test
  void idsMayBeWholeNumbersOfAnyLength() throws RejectedRow {
    assertThat(parser.parse(LINE.replace("\"m1\"", "9007199254740993"), 1).message().messageId())
        .isEqualTo("9007199254740993");
    assertThat(
            parser
                .parse(LINE.replace("\"m1\"", "123456789012345678901234"), 1)
                .message()
                .messageId())
        .isEqualTo("123456789012345678901234");
  }

  @Test
  void fieldsThatNobodyAsksForAreLeftOut() throws RejectedRow {
    String more = LINE.replaceFirst("\\{", "{\"phone\":\"010\",\"nested\":{\"a\":[1]},");
    assertThat(parser.parse(more, 42)).isEqualTo(parser.parse(LINE, 42));
  }

  @Test
  void displayNameIsReadWhereItIsThere() throws RejectedRow {
    String named = LINE.replaceFirst("\\{", "{\"sender_name\":\"지우\",");
    assertThat(parser.parse(named, 1).senderName()).isEqualTo("지우");
    assertThat(parser.parse(named.replace("\"지우\"", "null"), 1).senderName()).isNull();
    assertRejected(named.replace("\"지우\"", "17"), "wrong-type", "sender_name must be a string");
  }

  @Test
  void namesConstantsAndTimesAreAsTheSchemaSays() throws RejectedRow {
    RawSchema schema =
        new RawSchema(
            Map.of(
                RawField.CONVERSATION_ID, "room",
                RawField.SENDER_ID, "user",
                RawField.SENDER_NAME, "user",
                RawField.SENT_AT, "at",
                RawField.TEXT, "body"),
            Map.of(RawField.LANG, "ja", RawField.SOURCE, "app"),
            TimeFormat.EPOCH_SECONDS,
            "",
            LANGUAGES);
    JsonRows rows = new JsonRows(null, schema);
    String line = "{\"room\":7,\"user\":\"u\",\"at\":1714523400,\"body\":\"안녕\"}";
    assertThat(rows.parse(line, 9))
        .isEqualTo(
            new RawMessage(
                new Message(
                    "7",
                    DigestUtils.sha256Hex("u\n2024-05-01T00:30:00Z\nja\napp\n안녕"),
                    "u",
                    Instant.parse("2024-05-01T00:30:00Z"),
                    "ja",
                    "안녕",
                    "app",
                    9),
                "u"));
    RejectedRow rejected =
        catchThrowableOfType(
            RejectedRow.class, () -> rows.parse(line.replace("1714523400", "\"soon\""), 9));
    assertThat(rejected).hasMessage("bad-time: at must be a whole number of seconds since 1970");
  }

  @Test
  void textMayBeEmptySinceAnotherRuleDropsIt() throws RejectedRow {
    assertThat(parser.parse(LINE.replace("비밀 얘기", ""), 1).message().text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "비밀 얘기",
        "{\"text\":\"비밀 얘기\"",
        "\"비밀 얘기\"",
        "[\"비밀 얘기\"]",
        "null",
        "{\"text\"=\"비밀 얘기\"}",
        "{} {\"text\":\"비밀 얘기\"}"
      })
  void lineMustBeOneJsonObject(String line) {
    assertRejected(line, "not-json", "a line must be one JSON object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"conversation_id", "message_id", "sent_at", "lang", "text", "source"})
  void everyFieldButTheSenderMustBeThere(String field) {
    assertRejected(
        LINE.replace("\"" + field + "\"", "\"x\""), "missing-field", field + " must be there");
    String value = "(\"" + field + "\":)\"[^\"]*\"";
    assertRejected(LINE.replaceFirst(value, "$1null"), "missing-field", field + " must be there");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"conversation_id", "message_id", "sender_id", "sent_at", "lang", "text", "source"})
  void everyFieldMustBeOfItsType(String field) {
    String value = "(\"" + field + "\":)\"[^\"]*\"";
    for (String wrong : new String[] {"true", "1.5", "[\"비밀\"]", "{\"비밀\":1}"}) {
      assertRejected(
          LINE.replaceFirst(value, "$1" + wrong), "wrong-type", field + " must be a string");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sent_at", "lang", "text", "source"})
  void onlyIdsMayBeNumbers(String field) {
    String line = LINE.replaceFirst("(\"" + field + "\":)\"[^\"]*\"", "$11714523400000");
    assertRejected(line, "wrong-type", field + " must be a string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"conversation_id", "message_id"})
  void idsMustNotBeEmpty(String field) {
    for (String nothing : new String[] {"", " ", "\u00A0", "\uFEFF\u200B", "\u0008"}) {
      String line = LINE.replaceFirst("(\"" + field + "\":)\"[^\"]*\"", "$1\"" + nothing + "\"");
      assertRejected(line.replace("\b", "\\b"), "empty-id", field + " must not be empty");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"conversation_id", "message_id", "sender_id"})
  void wordForNoneIsNoId(String field) {
    for (String none : new String[] {"NULL", "null", "\\\\N", "None", "nan", "<NA>", "#N/A"}) {
      assertRejected(
          LINE.replaceFirst(
              "(\"" + field + "\":)\"[^\"]*\"", "$1\"" + none.replace("\\", "\\\\") + "\""),
          "empty-id",
          field + " must be an id, or empty, and no word for none such as NULL");
    }
  }

  /** Ids that a spreadsheet rounded are the same for several people. */
  @ParameterizedTest
  @ValueSource(strings = {"conversation_id", "message_id", "sender_id"})
  void numberThatAProgramMadeOfAnIdIsNone(String field) throws RejectedRow {
    String value = "(\"" + field + "\":)\"[^\"]*\"";
    for (String made : new String[] {"1024.0", "1.23457E+15", "1.2345e+16", "1E+15", "-3.0"}) {
      assertRejected(
          LINE.replaceFirst(value, "$1\"" + made + "\""),
          "wrong-type",
          field + " must be as it was, and no number that a program made of it");
    }
    for (String other : new String[] {"1.5", "v1.0", "5e12", "10.0.0.1", "+82", "nancy"}) {
      assertThat(parser.parse(LINE.replaceFirst(value, "$1\"" + other + "\""), 1)).isNotNull();
    }
  }

  @Test
  void fieldIsThereOnce() {
    assertRejected(
        LINE.replace("\"sender_id\":", "\"sender_id\":\"s0\",\"sender_id\":"),
        "not-json",
        "sender_id must be there once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\" \"", "\"\u00A0\"", "\"\uFEFF\u200B\""})
  void rowWithoutASenderIsTheMessengersOwn(String sender) {
    String line = LINE.replace("\"s1\"", sender);
    assertSystemRow(line);
    assertSystemRow(LINE.replace("\"sender_id\":\"s1\",", ""));
    // Such rows often have no other values.
    assertSystemRow(line.replace("\"비밀 얘기\"", "null").replace("\"m1\"", "null"));
    assertSystemRow(line.replace("\"ko\"", "\"\""));
    assertRejected(line.replace("\"c1\"", "null"), "missing-field", "conversation_id must be");
    assertRejected(line.replace("2024-", ""), "bad-time", "sent_at must be");
  }

  private void assertSystemRow(String line) {
    RejectedRow rejected = catchThrowableOfType(RejectedRow.class, () -> parser.parse(line, 1));
    assertThat(rejected).as(line).isNotNull();
    assertThat(rejected.isSystemRow()).as(line).isTrue();
    assertThat(rejected).hasMessage("no-sender: sender_id must be there");
  }

  @Test
  void idMadeOfARowDependsOnWhatItSaysAlone() throws RejectedRow {
    Map<RawField, String> columns = new EnumMap<>(COLUMNS);
    columns.remove(RawField.MESSAGE_ID);
    JsonRows rows =
        new JsonRows(null, new RawSchema(columns, Map.of(), TimeFormat.ISO, "", LANGUAGES));
    String id = rows.parse(LINE, 1).message().messageId();
    assertThat(rows.parse(LINE, 2).message().messageId()).isEqualTo(id);
    assertThat(rows.parse(LINE.replace("09:30:00+09:00", "00:30:00Z"), 2).message().messageId())
        .isEqualTo(id);
    for (String part : new String[] {"s1", "09:30", "비밀", "kakao"}) {
      assertThat(rows.parse(LINE.replace(part, "10:00"), 1).message().messageId())
          .as(part)
          .isNotEqualTo(id);
    }
  }

  @Test
  void languageMustBeOneOfTheAccepted() {
    assertRejected(LINE.replace("\"ko\"", "\"en\""), "unknown-language", "lang must be one of ");
    assertRejected(LINE.replace("\"ko\"", "\"KO\""), "unknown-language", "lang must be one of ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "2024-05-01",
        "2024-05-01T09:30:00",
        "2024-02-30T09:30:00Z",
        "2024-05-01T25:00:00Z",
        "1714523400"
      })
  void timeMustBeIsoWithAZone(String time) {
    assertRejected(
        LINE.replace("2024-05-01T09:30:00+09:00", time),
        "bad-time",
        "sent_at must be an ISO-8601 time with a zone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1969-12-31T23:59:59Z", "2100-01-01T00:00:01Z", "0024-05-01T09:30:00Z"})
  void timeMustBeOfThisAge(String time) {
    assertRejected(
        LINE.replace("2024-05-01T09:30:00+09:00", time),
        "bad-time",
        "sent_at must be between 1970 and 2100");
  }

  private void assertRejected(String line, String reason, String rule) {
    RejectedRow rejected = catchThrowableOfType(RejectedRow.class, () -> parser.parse(line, 1));
    assertThat(rejected).as("%s of %s", reason, line).isNotNull();
    assertThat(rejected.reason).as(line).isEqualTo(reason);
    assertThat(rejected.rule).as(line).startsWith(rule).doesNotContain("비밀");
    assertThat(rejected).hasMessageContaining(reason).hasMessageNotContaining("비밀");
  }
}
