package io.dialogbert.job.day;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A corpus of a few messages that arrives day by day, and the jobs that take it. */
final class DayChain {
  private static final String KEY = "a key of this test only\n";

  private final Path root;

  DayChain(Path root) throws IOException {
    this.root = root;
    Files.writeString(root.resolve("key"), KEY);
  }

  Path path(String name) {
    return root.resolve(name);
  }

  /** Adds a message to the file of the day on which it was sent. */
  void say(String conversation, String sender, Instant sentAt, String text) {
    deliver(
        sentAt.atZone(ZoneOffset.UTC).toLocalDate().toString(), conversation, sender, sentAt, text);
  }

  /** Adds a message to the file of any day. */
  void deliver(String day, String conversation, String sender, Instant sentAt, String text) {
    try {
      Path file = Files.createDirectories(root.resolve("raw/dt=" + day)).resolve("a.jsonl");
      String line =
          new ObjectMapper()
              .writeValueAsString(
                  Map.of(
                      "conversation_id",
                      conversation,
                      "message_id",
                      conversation + sentAt,
                      "sender_id",
                      sender,
                      "sent_at",
                      sentAt.toString(),
                      "lang",
                      "ko",
                      "text",
                      text,
                      "source",
                      "test"));
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ingests a day, or with no day all files. */
  JobRun ingest(String day, String output, String... settings) {
    String files =
        day.isEmpty()
            ? root.resolve("raw/*/*").toString()
            : root.resolve("raw/dt=" + day).toString();
    List<String> all =
        new ArrayList<>(
            List.of(
                "ingest-messages.input=[\"" + files + "\"]",
                "ingest-messages.output=" + root.resolve(output),
                "ingest-messages.pseudonym-key-file=" + root.resolve("key")));
    all.addAll(List.of(settings));
    return run(new IngestMessagesJob(), day, all);
  }

  /** Builds the dialogues of a day, or with no day all. */
  JobRun build(String day, String messages, String output, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "build-dialogues.messages=" + root.resolve(messages),
                "build-dialogues.output=" + root.resolve(output)));
    all.addAll(List.of(settings));
    return run(new BuildDialoguesJob(), day, all);
  }

  /** Ingests a day and builds its dialogues, in {@code messages} and {@code dialogues}. */
  void add(String day, String... settings) {
    done(ingest(day, "messages"));
    done(build(day, "messages", "dialogues", settings));
  }

  static void done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isZero();
  }

  /**
   * Runs a job.
   *
   * @param day empty for none
   * @param arguments flags and settings
   */
  JobRun run(Job<?> job, String day, List<String> arguments) {
    Stream<String> byDay = day.isEmpty() ? Stream.of() : Stream.of("--day", day);
    return JobRun.of(
        job,
        Stream.concat(
                byDay,
                arguments.stream()
                    .flatMap(
                        one -> one.startsWith("--") ? Stream.of(one) : Stream.of("--set", one)))
            .toList());
  }

  Manifest manifest(String directory) {
    return SampleChain.manifest(root.resolve(directory));
  }

  /** The rows of a table. */
  List<Row> rows(String directory, String... columns) {
    Dataset<Row> table = SparkTestSession.get().read().parquet(root.resolve(directory).toString());
    return table.selectExpr(columns).collectAsList();
  }

  /** The pseudonym of a conversation. */
  static String pseudonym(String conversation) {
    return new Pseudonymizer(PseudonymKey.ofBytes(KEY.strip().getBytes(StandardCharsets.UTF_8)))
        .pseudonym(Pseudonymizer.Kind.CONVERSATION, conversation);
  }
}
