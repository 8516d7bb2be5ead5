package io.dialogbert.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobInTheMiddle;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that appear after a job has listed its inputs are not read without a fingerprint. */
class ListedOnceIT {
  private static final String ROW =
      """
      {"conversation_id": "c", "message_id": "%s", "sender_id": "%s", \
      "sent_at": "2026-01-02T03:04:05Z", "lang": "ko", "text": "오늘 %s번", "source": "talk"}
      """;

  @TempDir private Path temp;
  private Path messages;
  private Path deleted;
  private Path output;

  @BeforeEach
  void write() throws IOException {
    messages = Files.createDirectory(temp.resolve("raw"));
    deleted = Files.createDirectory(temp.resolve("deleted"));
    output = temp.resolve("messages");
    Files.writeString(messages.resolve("a.jsonl"), rows(1, 2, 3));
    Files.writeString(deleted.resolve("a.txt"), "user-1\n");
    Files.writeString(temp.resolve("key"), "a key of these tests only\n");
  }

  private static String rows(int... numbers) {
    StringBuilder rows = new StringBuilder();
    for (int number : numbers) {
      rows.append(ROW.formatted(number, "user-" + number, number));
    }
    return rows.toString();
  }

  @Test
  void messagesThatAppearAreReadByTheNextRun() throws IOException {
    assertFirstRunSeesTwoMessages(() -> Files.writeString(messages.resolve("b.jsonl"), rows(4, 5)));
    JobRun again = ingest(() -> {}, "--overwrite");
    assertThat(again.exitCode()).as(again.printed()).isZero();
    assertThat(SampleChain.manifest(output).counts())
        .containsEntry("rows_in", 5L)
        .containsEntry("rows_out", 4L);
  }

  @Test
  void usersWhoAppearAreDroppedByTheNextRun() throws IOException {
    assertFirstRunSeesTwoMessages(() -> Files.writeString(deleted.resolve("b.txt"), "user-2\n"));
    JobRun again = ingest(() -> {}, "--overwrite");
    assertThat(again.exitCode()).as(again.printed()).isZero();
    assertThat(SampleChain.manifest(output).counts()).containsEntry("rows_out", 1L);
  }

  private void assertFirstRunSeesTwoMessages(JobInTheMiddle.Event event) {
    JobRun run = ingest(event);
    assertThat(run.exitCode()).as(run.printed()).isZero();
    assertThat(SampleChain.manifest(output).counts())
        .containsEntry("rows_in", 3L)
        .containsEntry("rows_out", 2L);
    JobRun again = ingest(() -> {});
    assertThat(again.exitCode()).as(again.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(again.err()).contains(" is new or has changed: ").contains("--overwrite");
  }

  private JobRun ingest(JobInTheMiddle.Event event, String... more) {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "input=[\"" + messages + "\"]",
            "deletion-list=[\"" + deleted + "\"]",
            "pseudonym-key-file=" + temp.resolve("key"),
            "output=" + output)) {
      arguments.addAll(List.of("--set", "ingest-messages." + setting));
    }
    arguments.addAll(List.of(more));
    return JobRun.of(new JobInTheMiddle<>(new IngestMessagesJob(), event), arguments);
  }
}
