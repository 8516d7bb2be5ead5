package io.dialogbert.job.day;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ingest-messages takes as the files of a day, and what it refuses by name. */
class DayFilesIT {
  private static final String DAY = "2026-11-24";
  private static final String NEXT = "2026-11-25";
  private static final String EMPTY = "2026-11-26";

  @TempDir private static Path temp;
  private static DayChain chain;

  @BeforeAll
  static void ingestADay() throws IOException {
    chain = new DayChain(temp);
    chain.say("c1", "a", Instant.parse(DAY + "T10:00:00Z"), "첫날에 한 이야기");
    deliverNextDay("2026-11-25T00:00:00Z", "안녕하세요");
    deliverNextDay("2026-11-25T23:59:59.999Z", "늦은 밤이에요");
    DayChain.done(chain.ingest(DAY, "messages"));
  }

  private static void deliverNextDay(String sentAt, String text) {
    chain.deliver(NEXT, "c2", "b", Instant.parse(sentAt), text);
  }

  private static JobRun refused(int exitCode, JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(exitCode);
    return run;
  }

  @Test
  void dayOfOtherRulesIsRefusedNamingThem() throws IOException {
    Path key = Files.writeString(temp.resolve("other-key"), "another key of this test\n");
    JobRun otherKey =
        refused(
            JobMain.BAD_CONFIG,
            chain.ingest(NEXT, "messages", "ingest-messages.pseudonym-key-file=" + key));
    assertThat(otherKey.err())
        .contains("day=" + NEXT + " would be made by other rules than ")
        .contains("messages/day=" + DAY)
        .contains("input pseudonym-key is new or has changed")
        .contains("choose another output for all days")
        .doesNotContain("key of this test");
    JobRun otherSettings =
        refused(
            JobMain.BAD_CONFIG,
            chain.ingest(
                NEXT,
                "messages",
                "ingest-messages.max-repeats=3",
                "ingest-messages.day-zone=Asia/Seoul",
                "ingest-messages.max-lateness=30d"));
    assertThat(otherSettings.err())
        .contains("ingest-messages.max-repeats was 2, is now 3")
        .contains("ingest-messages.day-zone was UTC, is now Asia/Seoul")
        .doesNotContain("max-lateness was");
    assertThat(chain.path("messages/day=" + NEXT)).doesNotExist();
  }

  @Test
  void fileOfAnotherDayIsRefusedByItsPathOrContent() throws IOException {
    String file = chain.path("raw/dt=" + DAY + "/a.jsonl").toString();
    JobRun byPath =
        refused(
            JobMain.BAD_INPUT,
            chain.ingest(NEXT, "messages", "ingest-messages.input=[\"" + file + "\"]"));
    assertThat(byPath.err())
        .contains("a.jsonl belongs to another day already: ")
        .contains("messages/day=" + DAY);
    Path copy = Files.createDirectory(temp.resolve("renamed")).resolve("b.jsonl");
    Files.copy(Path.of(file), copy);
    JobRun byContent =
        refused(
            JobMain.BAD_INPUT,
            chain.ingest(NEXT, "messages", "ingest-messages.input=[\"" + copy + "\"]"));
    assertThat(byContent.err()).contains("file b.jsonl belongs to another day already: day=" + DAY);
  }

  @Test
  void messagesFromAfterTheDayOrTooLongBeforeItAreRejectedByName() {
    deliverNextDay("2026-11-26T00:00:00Z", "다음 날");
    deliverNextDay("2027-11-25T12:00:00Z", "다음 해");
    deliverNextDay("2026-11-18T00:00:00Z", "일주일 전, 아직 받는다");
    deliverNextDay("2026-11-17T23:59:59Z", "더 늦었다");
    deliverNextDay("2006-11-25T12:00:00Z", "여러 해 늦었다");
    DayChain.done(chain.ingest(NEXT, "late", "ingest-messages.max-reject-ratio=0.6"));
    assertThat(chain.manifest("late/day=" + NEXT).counts())
        .containsEntry("rejected.after-day", 2L)
        .containsEntry("rejected.too-late", 2L)
        .containsEntry("rows_in", 7L)
        .containsEntry("rows_out", 3L);
    assertThat(chain.rows("late/day=" + NEXT + "/rejects", "file", "row", "reason", "rule"))
        .extracting(row -> row.mkString(" | "))
        .contains(
            "a.jsonl | 3 | after-day | sent_at must not be after the day",
            "a.jsonl | 6 | too-late | sent_at must be at most max-lateness before the day");
  }

  @Test
  void dayWithoutFilesIsAStateAndItsFilesMayComeLater() throws IOException {
    JobRun empty = chain.ingest(EMPTY, "messages");
    DayChain.done(empty);
    assertThat(empty.out()).contains("no input file matches ").contains(": the day is empty");
    assertThat(chain.manifest("messages/day=" + EMPTY).counts())
        .isEqualTo(Map.of("rows_in", 0L, "rows_out", 0L, "files", 0L));
    assertThat(chain.ingest(EMPTY, "messages").out()).contains("done already, nothing to do");

    chain.say("c3", "a", Instant.parse(EMPTY + "T10:00:00Z"), "이제 왔어요");
    assertThat(refused(JobMain.BAD_CONFIG, chain.ingest(EMPTY, "messages")).err())
        .contains("output is not what is asked for: ")
        .contains("input file is new or has changed: ");
    JobRun later =
        chain.ingest(
            EMPTY,
            "messages",
            "--overwrite",
            "ingest-messages.input=[\"%s\",\"%s\"]"
                .formatted(chain.path("raw/dt=" + EMPTY), chain.path("misspelled")));
    DayChain.done(later);
    assertThat(later.out()).contains("no input file matches " + chain.path("misspelled"));
    assertThat(chain.manifest("messages/day=" + EMPTY).counts()).containsEntry("rows_out", 1L);

    // Delivered again with other contents.
    Files.writeString(chain.path("raw/dt=" + EMPTY + "/a.jsonl"), "\n", StandardOpenOption.APPEND);
    assertThat(refused(JobMain.BAD_CONFIG, chain.ingest(EMPTY, "messages")).err())
        .contains("input file was another: ");
    assertThat(chain.manifest("messages/day=" + DAY).counts()).containsEntry("rows_out", 1L);
  }

  @Test
  void whatCannotBeDecidedByDayIsRefused() {
    JobRun consent =
        chain.ingest(NEXT, "messages", "ingest-messages.consent-policy=all-participants");
    assertThat(refused(JobMain.BAD_CONFIG, consent).err())
        .contains("does not work by day, since it needs all days of a conversation");
    DayChain.done(chain.ingest("", "whole", "ingest-messages.max-reject-ratio=1"));
    assertThat(refused(JobMain.BAD_CONFIG, chain.ingest(NEXT, "whole")).err())
        .contains("output holds a whole corpus, to which no day can be added");
  }
}
