package io.dialogbert.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.Message;
import io.dialogbert.privacy.PseudonymKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class MessageCleanerTest {
  private final MessageCleaner cleaner =
      new MessageCleaner(
          2,
          PseudonymKey.ofBytes("a key of at least 16 bytes".getBytes(StandardCharsets.UTF_8)),
          new IngestCounts());

  @Test
  void nameOfASourceIsMaskedAndOtherwiseKept() {
    assertThat(source("app")).isEqualTo("app");
    assertThat(source("KakaoTalk (PC)")).isEqualTo("KakaoTalk (PC)");
    assertThat(source("sms 010-1234-5678")).isEqualTo("sms [PHONE]");
  }

  @Test
  void noticeUnderTheNameOfWhomItIsAboutIsDropped() {
    assertThat(clean("도토리님이 들어왔습니다.타인, 기관 등의 사칭에 유의해 주세요.", "도토리")).isEmpty();
    assertThat(clean("도토리?! left this chatroom.", "도토리?!")).isEmpty();
    assertThat(clean("도토리 invited 밤톨이 and.", "도토리")).isEmpty();
    assertThat(clean("도토리 left.", "밤톨이")).isPresent();
  }

  private Optional<Row> clean(String text, String sender) {
    Message message = new Message("room", "1", sender, Instant.EPOCH, "ko", text, "app", 1);
    return cleaner.clean("a.csv", new RawMessage(message, sender));
  }

  private String source(String source) {
    Message message = new Message("room", "1", "kim", Instant.EPOCH, "ko", "안녕하세요", source, 1);
    Row row = cleaner.clean("a.jsonl", new RawMessage(message, null)).orElseThrow();
    return row.getString(RowIngester.SCHEMA.fieldIndex("source"));
  }
}
