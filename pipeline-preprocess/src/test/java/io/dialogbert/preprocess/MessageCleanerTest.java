package io.dialogbert.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.Message;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class MessageCleanerTest {
  private final MessageCleaner cleaner =
      new MessageCleaner(
          2,
          new Pseudonymizer(
              PseudonymKey.ofBytes("a key of at least 16 bytes".getBytes(StandardCharsets.UTF_8))),
          new IngestCounts());

  @Test
  void nameOfASourceIsMaskedAndOtherwiseKept() {
    assertThat(source("app")).isEqualTo("app");
    assertThat(source("KakaoTalk (PC)")).isEqualTo("KakaoTalk (PC)");
    assertThat(source("sms 010-1234-5678")).isEqualTo("sms [PHONE]");
  }

  private String source(String source) {
    Message message = new Message("room", "1", "kim", Instant.EPOCH, "ko", "안녕하세요", source, 1);
    Row row = cleaner.clean("a.jsonl", new RawMessage(message, null)).orElseThrow();
    return row.getString(RowIngester.SCHEMA.fieldIndex("source"));
  }
}
