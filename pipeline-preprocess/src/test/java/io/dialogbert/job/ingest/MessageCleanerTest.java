package io.dialogbert.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.dialogue.Message;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
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
  void nameOfASourceIsMaskedAndOtherwiseKept() throws RejectedRow {
    assertThat(source("app")).isEqualTo("app");
    assertThat(source("KakaoTalk (PC)")).isEqualTo("KakaoTalk (PC)");
    assertThat(source("sms 010-1234-5678")).isEqualTo("sms [PHONE]");
  }

  @Test
  void noticeUnderTheNameOfWhomItIsAboutIsDropped() throws RejectedRow {
    assertThat(cleanFrom("도토리님이 들어왔습니다.타인, 기관 등의 사칭에 유의해 주세요.", "도토리")).isEmpty();
    assertThat(cleanFrom("도토리?! left this chatroom.", "도토리?!")).isEmpty();
    assertThat(cleanFrom("도토리 invited 밤톨이 and.", "도토리")).isEmpty();
    assertThat(cleanFrom("도토리 left.", "밤톨이")).isPresent();
  }

  @Test
  void tellsTheNamesThatATextStates() throws RejectedRow {
    assertThat(stated("담당자: 김민수, 예약자 이서연이요")).isEqualTo("김민수\n이서연");
    assertThat(stated("@민수 민수가 그랬어")).isEqualTo("민수");
    assertThat(stated("민수가 그랬어")).isNull();
    assertThat(stated("안녕하세요")).isNull();
  }

  private String stated(String text) throws RejectedRow {
    return clean(text, "app").getString(RowIngester.SCHEMA.fieldIndex(RowIngester.STATED_NAMES));
  }

  @Test
  void rejectsATextThatIsTooLongToBeMaskedAndTellsItsSender() {
    assertThatThrownBy(() -> clean("가나다".repeat(PiiMasker.MAX_LENGTH / 2), "app"))
        .isInstanceOfSatisfying(
            RejectedRow.class,
            rejected -> {
              assertThat(rejected.reason).isEqualTo("text-too-long");
              assertThat(rejected.sender)
                  .contains(new RejectedRow.Participant("room", "kim", "김민수"));
            })
        .hasMessage("text-too-long: text and source must have at most 1048576 characters");
    assertThatThrownBy(() -> clean("안녕", "a".repeat(PiiMasker.MAX_LENGTH + 1)))
        .isInstanceOf(RejectedRow.class);
  }

  private Optional<Row> cleanFrom(String text, String sender) throws RejectedRow {
    Message message = new Message("room", "1", sender, Instant.EPOCH, "ko", text, "app", 1);
    return cleaner.clean("a.csv", new RawMessage(message, sender));
  }

  private String source(String source) throws RejectedRow {
    Row row = clean("안녕하세요", source);
    return row.getString(RowIngester.SCHEMA.fieldIndex("source"));
  }

  private Row clean(String text, String source) throws RejectedRow {
    Message message = new Message("room", "1", "kim", Instant.EPOCH, "ko", text, source, 1);
    return cleaner.clean("a.jsonl", new RawMessage(message, "김민수")).orElseThrow();
  }
}
