package io.dialogbert.job.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.report.TextTable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Prints what is done, running, stale or stopped below a directory, and what to run next. */
public final class StatusJob implements Job<StatusJob.StatusConfig> {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(
              SerializationFeature.INDENT_OUTPUT, SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
          .build();

  /**
   * Settings.
   *
   * @param work directory that holds the outputs' directories
   * @param json whether programs will read what is printed
   * @param quiet after so long without a write, a run counts as stopped
   */
  public record StatusConfig(String work, boolean json, Duration quiet) {}

  public static void main(String[] args) {
    JobMain.run(new StatusJob(), args);
  }

  @Override
  public String name() {
    return "status";
  }

  @Override
  public StatusConfig configure(ConfigReader in) {
    return new StatusConfig(in.path("work"), in.flag("json"), in.duration("quiet"));
  }

  @Override
  public boolean usesSpark() {
    return false;
  }

  @Override
  public Lineage lineage(StatusConfig config) {
    return Lineage.printing();
  }

  @Override
  public void run(JobContext job, StatusConfig config) throws IOException {
    List<OutputStatus> outputs =
        new StatusReader(job.directories(), Instant.now(), config.quiet()).read(config.work());
    List<NextStep> next = NextStep.of(outputs);
    job.addToSummary(config.json() ? json(outputs, next) : text(outputs, next));
  }

  static String json(List<OutputStatus> outputs, List<NextStep> next) {
    record Status(List<OutputStatus> outputs, List<NextStep> next) {}
    try {
      return JSON.writeValueAsString(new Status(outputs, next));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values could not be written as JSON", e);
    }
  }

  static String text(List<OutputStatus> outputs, List<NextStep> next) {
    TextTable table = new TextTable("directory", "job", "state", "since", "rows");
    for (OutputStatus output : outputs) {
      table.row(
          output.directory(),
          output.job(),
          output.state(),
          output.since(),
          output.rows() == null ? "" : output.rows());
    }
    TextTable steps = new TextTable("next", "directory", "because");
    next.forEach(step -> steps.row(step.job(), step.directory(), step.reason()));
    return table.render() + "\n" + steps.render();
  }
}
