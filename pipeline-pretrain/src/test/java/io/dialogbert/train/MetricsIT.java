package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.report.ReportJob;
import io.dialogbert.pretrain.EvaluateEncoderJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run reports about itself. */
final class MetricsIT {
  private static final List<String> SECONDS =
      List.of("train_seconds", "averaging_seconds", "checkpoint_seconds", "evaluation_seconds");
  private static final Directories DIRECTORIES = new Directories(new Configuration());
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path work;

  private static Manifest manifest;
  private static List<JsonNode> lines;

  @BeforeAll
  static void pretrain() throws IOException {
    TinyStages.make(work);
    Path sink = Files.createDirectory(work.resolve("sink"));
    JobRun run =
        TinyStages.pretrain(
            work,
            "pretrained",
            "checkpoint-steps=2",
            "spark.metrics.namespace=dialogbert",
            "spark.metrics.conf.driver.sink.csv.class=org.apache.spark.metrics.sink.CsvSink",
            "spark.metrics.conf.driver.sink.csv.directory=" + sink);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    manifest = DIRECTORIES.manifest(work.resolve("pretrained").toString()).orElseThrow();
    lines = new ArrayList<>();
    for (String line : Files.readAllLines(work.resolve("pretrained").resolve("metrics.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static List<JsonNode> lines(String event) {
    return lines.stream().filter(line -> line.path("event").asText().equals(event)).toList();
  }

  private static List<Integer> steps(String event) {
    return lines(event).stream().map(line -> line.get("step").asInt()).toList();
  }

  private static double total(String name) {
    return lines.stream().mapToDouble(line -> line.path(name).asDouble()).sum();
  }

  @Test
  void everyRoundEvaluationAndCheckpointIsThere() {
    assertThat(steps("round")).containsExactly(2, 4, 6);
    assertThat(steps("checkpoint")).containsExactly(2, 4, 6);
    assertThat(steps("evaluation")).containsExactly(0, 2, 4, 6);
    assertThat(lines).hasSize(3 + 3 + 4);
  }

  /** A sink gets them a last time when the session ends. */
  @Test
  void sinksOfSparkShowTheLatestOfEachEvent() throws IOException {
    for (String event : List.of("round", "evaluation")) {
      JsonNode latest = lines(event).get(lines(event).size() - 1);
      for (Map.Entry<String, JsonNode> measured : latest.properties()) {
        if (measured.getValue().isNumber()) {
          String gauge = event + "." + measured.getKey();
          List<String> reported =
              Files.readAllLines(work.resolve("sink/dialogbert.driver.training." + gauge + ".csv"));
          String value = reported.get(reported.size() - 1).split(",", -1)[1];
          assertThat(Double.parseDouble(value)).as(gauge).isEqualTo(measured.getValue().asDouble());
        }
      }
    }
  }

  /** The dashboard asks for nothing that training does not show. */
  @Test
  void theDashboardKnowsTheGauges() throws IOException {
    String dashboard = Files.readString(Path.of("../deploy/grafana/training.json"));
    Set<String> gauges = new TreeSet<>();
    try (Stream<Path> reports = Files.list(work.resolve("sink"))) {
      reports
          .map(report -> report.getFileName().toString().replaceFirst("[.]csv$", ""))
          .forEach(
              name -> gauges.add("metrics_" + name.replaceAll("[^a-zA-Z0-9]", "_") + "_Value"));
    }
    Matcher asked = Pattern.compile("metrics_dialogbert_driver_training_\\w+").matcher(dashboard);
    Set<String> found = new TreeSet<>();
    while (asked.find()) {
      found.add(asked.group());
    }
    assertThat(found).hasSizeGreaterThan(8);
    assertThat(gauges).containsAll(found);
  }

  @Test
  void roundsTellTheNormOfTheGradient() {
    assertThat(lines("round"))
        .extracting(line -> line.get("gradient_norm").asDouble())
        .allSatisfy(norm -> assertThat(norm).isPositive().isFinite());
  }

  @Test
  void theTableHoldsWhatTheLinesHold() {
    Dataset<Row> table =
        SparkTestSession.get().read().parquet(work.resolve("pretrained/metrics").toString());
    assertThat(table.schema().apply("step").dataType()).isEqualTo(DataTypes.LongType);
    assertThat(table.schema().apply("event").dataType()).isEqualTo(DataTypes.StringType);
    assertThat(table.schema().apply("bytes_moved").dataType()).isEqualTo(DataTypes.LongType);
    assertThat(table.schema().apply("nsp_accuracy").dataType()).isEqualTo(DataTypes.DoubleType);
    List<Row> rows = table.collectAsList();
    assertThat(rows).hasSameSizeAs(lines);
    for (int i = 0; i < rows.size(); i++) {
      for (String column : table.columns()) {
        Object value = rows.get(i).getAs(column);
        JsonNode expected = lines.get(i).path(column);
        assertThat(value == null ? "" : value.toString())
            .as("row %d, %s", i, column)
            .isEqualTo(expected.asText());
      }
    }
    assertThat(table.columns()).containsAll(names());
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    lines.forEach(line -> line.fieldNames().forEachRemaining(names::add));
    return names;
  }

  private static void run(Job<?> job, String... settings) {
    List<String> arguments = new ArrayList<>();
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    JobRun run = JobRun.of(job, arguments);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }

  @Test
  void theReportDrawsThem(@TempDir Path reports) throws IOException {
    Path report = reports.resolve("report");
    run(new ReportJob(), "report.work=" + work, "report.output=" + report);
    assertThat(Files.readString(report.resolve("report.html")))
        .contains("<h3>pretrain</h3>", "Learning rate", "Examples per second")
        .contains("mlm_loss (train)", "mlm_loss (validation)", "nsp_accuracy (validation)")
        .contains("gradient_norm (train)");
  }

  @Test
  void aCheckpointOnTheWayScoresAsItDidWhenItWasWritten(@TempDir Path evaluations)
      throws IOException {
    String checkpoint = work.resolve("pretrained-checkpoints/step-000000000004").toString();
    String output = evaluations.resolve("evaluation").toString();
    run(
        new EvaluateEncoderJob(),
        "evaluate-encoder.checkpoint=" + checkpoint,
        "evaluate-encoder.examples=" + work.resolve("examples"),
        "evaluate-encoder.output=" + output,
        "evaluate-encoder.split=validation",
        "evaluate-encoder.max-examples=8");
    Map<String, Double> then = DIRECTORIES.manifest(checkpoint).orElseThrow().figures();
    Map<String, Double> now = DIRECTORIES.manifest(output).orElseThrow().figures();
    for (String figure : List.of("mlm_loss", "nsp_loss", "mlm_accuracy", "nsp_accuracy")) {
      assertThat(now.get(figure))
          .as(figure)
          .isCloseTo(then.get("validation_" + figure), within(1e-5));
    }
    assertThat(now.get("mlm_loss"))
        .isNotCloseTo(manifest.figures().get("validation_mlm_loss"), within(1e-5));
  }

  @Test
  void theTimeOfAllPartsAddsUp() {
    double all = 0;
    for (String part : SECONDS) {
      assertThat(manifest.figures().get(part))
          .as(part)
          .isPositive()
          .isCloseTo(total(part), within(1e-9));
      all += total(part);
    }
    assertThat(all).isLessThan(Double.parseDouble(manifest.run().get("seconds")));
    assertThat(manifest.figures().get("not_training_share"))
        .isCloseTo(1 - total("train_seconds") / all, within(1e-9));
    assertThat(lines("round"))
        .allSatisfy(
            line ->
                assertThat(line.get("train_seconds").asDouble())
                    .isGreaterThanOrEqualTo(line.get("loader_seconds").asDouble()));
  }
}
