package io.dialogbert.sample;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * A row before it is written.
 *
 * @param messageId unique in the corpus; a JSON number in Korean chats and a string in Japanese
 *     ones, since messengers differ in this
 * @param sentAtMillis milliseconds since 1970-01-01 UTC
 * @param planted personal data in the text
 */
record SampleMessage(
    String conversationId,
    long messageId,
    String senderId,
    long sentAtMillis,
    Language language,
    String text,
    List<Scene.PlantedValue> planted) {
  /** Korea and Japan share this offset and do not use daylight saving time. */
  static final ZoneOffset ZONE = ZoneOffset.ofHours(9);

  /** The row as one line of JSON, without a line end. */
  String toJson() {
    return toJson(quoted(sentAt()), quoted(text));
  }

  /** The row with other JSON values in two of its fields. An empty value leaves the field out. */
  String toJson(String sentAtValue, String textValue) {
    StringBuilder out = new StringBuilder(200 + text.length());
    out.append("{\"conversation_id\":\"").append(conversationId).append("\",\"message_id\":");
    if (language == Language.KOREAN) {
      out.append(messageId);
    } else {
      out.append("\"m").append(messageId).append('"');
    }
    out.append(",\"sender_id\":\"").append(senderId).append('"');
    if (!sentAtValue.isEmpty()) {
      out.append(",\"sent_at\":").append(sentAtValue);
    }
    out.append(",\"lang\":\"").append(language.code()).append('"');
    if (!textValue.isEmpty()) {
      out.append(",\"text\":").append(textValue);
    }
    return out.append(",\"source\":\"").append(language.source()).append("\"}").toString();
  }

  /**
   * ISO 8601 with milliseconds and zone. Written by hand, since formatters would take most of the
   * time.
   */
  private String sentAt() {
    LocalDateTime time = LocalDateTime.ofEpochSecond(Math.floorDiv(sentAtMillis, 1000L), 0, ZONE);
    StringBuilder out = new StringBuilder(29);
    pad(out, time.getYear(), 1000).append('-');
    pad(out, time.getMonthValue(), 10).append('-');
    pad(out, time.getDayOfMonth(), 10).append('T');
    pad(out, time.getHour(), 10).append(':');
    pad(out, time.getMinute(), 10).append(':');
    pad(out, time.getSecond(), 10).append('.');
    return pad(out, Math.floorMod(sentAtMillis, 1000), 100).append("+09:00").toString();
  }

  private static StringBuilder pad(StringBuilder out, int value, int unit) {
    for (int u = unit; u > 0; u /= 10) {
      out.append((char) ('0' + value / u % 10));
    }
    return out;
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
