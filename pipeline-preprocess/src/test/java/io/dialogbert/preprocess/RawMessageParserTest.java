package io.dialogbert.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dialogbert.dialogue.Message;
import io.dialogbert.preprocess.RawMessageParser.RejectedLine;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawMessageParserTest {
  private static final String LINE =
      """
      {"conversation_id":"c1","message_id":"m1","sender_id":"s1",\
      "sent_at":"2024-05-01T09:30:00+09:00","lang":"ko","text":"비밀 얘기","source":"kakao"}""";

  private final RawMessageParser parser = new RawMessageParser(Set.of("ko", "ja"));

  @Test
  void readsAllFieldsAndKeepsTheRow() throws RejectedLine {
    assertThat(parser.parse(LINE, 42))
        .isEqualTo(
            new Message(
                "c1",
                "m1",
                "s1",
                Instant.parse("2024-05-01T00:30:00Z"),
                "ko",
                "비밀 얘기",
                "kakao",
                42));
  }

  @Test
  void idsMayBeWholeNumbersOfAnyLength() throws RejectedLine {
    assertThat(parser.parse(LINE.replace("\"m1\"", "9007199254740993"), 1).messageId())
        .isEqualTo("9007199254740993");
    assertThat(parser.parse(LINE.replace("\"m1\"", "123456789012345678901234"), 1).messageId())
        .isEqualTo("123456789012345678901234");
  }

  @Test
  void fieldsThatNobodyAsksForAreLeftOut() throws RejectedLine {
    String more = LINE.replaceFirst("\\{", "{\"phone\":\"010\",\"nested\":{\"a\":[1]},");
    assertThat(parser.parse(more, 42)).isEqualTo(parser.parse(LINE, 42));
  }

  @Test
  void textMayBeEmptySinceAnotherRuleDropsIt() throws RejectedLine {
    assertThat(parser.parse(LINE.replace("비밀 얘기", ""), 1).text()).isEmpty();
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
  @ValueSource(
      strings = {"conversation_id", "message_id", "sender_id", "sent_at", "lang", "text", "source"})
  void everyFieldMustBeThereAndOfItsType(String field) {
    assertRejected(
        LINE.replace("\"" + field + "\"", "\"x\""), "missing-field", field + " must be there");
    String value = "(\"" + field + "\":)\"[^\"]*\"";
    assertRejected(LINE.replaceFirst(value, "$1null"), "missing-field", field + " must be there");
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
  @ValueSource(strings = {"conversation_id", "message_id", "sender_id"})
  void idsMustNotBeEmpty(String field) {
    String line = LINE.replaceFirst("(\"" + field + "\":)\"[^\"]*\"", "$1\" \"");
    assertRejected(line, "empty-id", field + " must not be empty");
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
    RejectedLine rejected = catchThrowableOfType(RejectedLine.class, () -> parser.parse(line, 1));
    assertThat(rejected).as("%s of %s", reason, line).isNotNull();
    assertThat(rejected.reason).as(line).isEqualTo(reason);
    assertThat(rejected.rule).as(line).startsWith(rule).doesNotContain("비밀");
    assertThat(rejected).hasMessageContaining(reason).hasMessageNotContaining("비밀");
  }
}
