package io.dialogbert.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.JobMain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusJobTest {
  @TempDir private Path work;

  @Test
  void outputsAreDoneStaleRunningOrStopped() throws IOException {
    finished("messages", "ingest-messages", "2026-01-01T00:00:00Z", "");
    finished("dialogues", "build-dialogues", "2026-01-02T00:00:00Z", "messages");
    finished("student", "distill", "2026-01-03T00:00:00Z", "");
    Instant now = Instant.now();
    unfinished("student", now.minus(2, ChronoUnit.HOURS));
    unfinished("tokenizer", now);
    // What is left of a run that was killed once its output was in place.
    Files.createDirectories(work.resolve(".messages.unfinished"));

    JsonNode status = new ObjectMapper().readTree(print("--set", "status.json=true"));
    assertThat(status.at("/outputs"))
        .extracting(o -> o.get("directory").asText() + " " + o.get("state").asText())
        .containsExactly(
            "messages done", "dialogues stale", "student stopped", "tokenizer running");
    assertThat(status.at("/outputs/0/rows").asLong()).isEqualTo(7);
    assertThat(status.at("/outputs/3/rows").isNull()).isTrue();
    assertThat(status.at("/next"))
        .extracting(n -> n.get("directory").asText() + ": " + n.get("reason").asText())
        .containsExactly(
            "student: stopped; run it again, with --resume",
            "dialogues: made of older inputs; run it again with --overwrite");
  }

  @Test
  void nextJobsOfTheChainAreThoseWhoseInputsAreDone() throws IOException {
    assertThat(print()).contains("ingest-messages             nothing is there yet");
    finished("messages", "ingest-messages", "2026-01-01T00:00:00Z", "");
    finished("dialogues", "build-dialogues", "2026-01-02T00:00:00Z", "");
    assertThat(print())
        .contains("messages   ingest-messages  done   2026-01-01T00:00:00Z     7")
        .containsPattern("train-tokenizer +its inputs are done")
        .containsPattern("mine-reactions +its inputs are done")
        .doesNotContain("build-examples", "stale");
    unfinished("tokenizer", Instant.now());
    assertThat(print()).doesNotContain("its inputs are done");
  }

  @Test
  void daysAreOutputsOfTheirOwn() throws IOException {
    finished("messages/day=2026-01-01", "ingest-messages", "2026-01-02T00:00:00Z", "");
    finished("messages/day=2026-01-02", "ingest-messages", "2026-01-03T00:00:00Z", "");
    finished("messages/day=2026-01-03", "ingest-messages", "2026-01-04T00:00:00Z", "");
    finished(
        "dialogues/day=2026-01-01",
        "build-dialogues",
        "2026-01-05T00:00:00Z",
        "messages/day=2026-01-01");
    unfinished("dialogues", "day=2026-01-02", Instant.now().minus(2, ChronoUnit.HOURS));
    JsonNode status = new ObjectMapper().readTree(print("--set", "status.json=true"));
    assertThat(status.at("/outputs"))
        .extracting(o -> o.get("directory").asText() + " " + o.get("state").asText())
        .containsExactly(
            "messages/day=2026-01-01 done",
            "messages/day=2026-01-02 done",
            "messages/day=2026-01-03 done",
            "dialogues/day=2026-01-01 stale",
            "dialogues/day=2026-01-02 stopped");
    assertThat(status.at("/next"))
        .extracting(n -> n.get("directory").asText() + ": " + n.get("reason").asText())
        .containsExactly(
            "dialogues/day=2026-01-02: stopped; run it again, with --day 2026-01-02",
            "dialogues/day=2026-01-01: made of older inputs; run it again with --overwrite"
                + " and --day 2026-01-01");
    FileUtils.deleteDirectory(work.resolve("dialogues").toFile());
    finished("dialogues/day=2026-01-02", "build-dialogues", "2026-01-05T00:00:00Z", "");
    assertThat(print())
        .containsPattern(
            "build-dialogues +its inputs of 2 more days are done; begin with --day 2026-01-01");
  }

  @Test
  void placeThatIsNoDirectoryIsRefused() {
    work = work.resolve("nowhere");
    assertThat(run(System.out)).isEqualTo(JobMain.BAD_INPUT);
  }

  private void finished(String name, String job, String started, String input) throws IOException {
    String inputs =
        input.isEmpty()
            ? ""
            : "{\"name\": \"input\", \"path\": \"%s\", \"fingerprint\": \"older\"}"
                .formatted(work.resolve(input));
    Files.writeString(
        Files.createDirectories(work.resolve(name)).resolve("manifest.json"),
        """
        {"job": "%s", "format": 1, "settings": {}, "inputs": [%s], "counts": {"rows_out": 7},
         "figures": {}, "files": [], "run": {"started": "%s"}}
        """
            .formatted(job, inputs, started));
  }

  private void unfinished(String name, Instant written) throws IOException {
    unfinished("", name, written);
  }

  private void unfinished(String stage, String name, Instant written) throws IOException {
    Path directory = work.resolve(stage).resolve("." + name + ".unfinished");
    Path run = Files.createDirectories(directory.resolve("a-run"));
    Path part = Files.createFile(run.resolve("part"));
    for (Path path : Stream.of(part, run, directory).toList()) {
      Files.setLastModifiedTime(path, FileTime.from(written));
    }
  }

  private String print(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(run(new PrintStream(out, true, StandardCharsets.UTF_8), arguments)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private int run(PrintStream out, String... arguments) {
    return JobMain.execute(
        new StatusJob(),
        Stream.concat(Stream.of("--set", "status.work=" + work), Stream.of(arguments))
            .toArray(String[]::new),
        out,
        System.err);
  }
}
