package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lineage service hears of a run. */
final class RunEventsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path work;

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  /** Copies a text file, or fails. */
  private record Copy(boolean fails) implements Job<String> {
    @Override
    public String name() {
      return "make-sample";
    }

    @Override
    public String configure(ConfigReader in) {
      in.intBetween("num-messages", 0, 1 << 30);
      in.doubleBetween("japanese-ratio", 0, 1);
      in.intBetween("num-shards", 1, 1 << 20);
      in.doubleBetween("broken-row-ratio", 0, 1);
      return in.path("output");
    }

    @Override
    public Lineage lineage(String output) {
      Path input = Path.of(output).resolveSibling("input.txt");
      return Lineage.to(output).files("file", List.of(input.toString()));
    }

    @Override
    public void run(JobContext job, String output) {
      if (fails) {
        throw new IllegalStateException("a fault");
      }
      job.write(
          job.spark().createDataset(List.of("a", "b", "c"), Encoders.STRING()).toDF().coalesce(1),
          "data");
      job.count("rows_out", 3);
    }
  }

  private int run(boolean fails, String... settings) throws IOException {
    Files.writeString(work.resolve("input.txt"), "text\n");
    List<String> all = new ArrayList<>(List.of("make-sample.output=" + work.resolve("out")));
    all.addAll(List.of(settings));
    return JobRun.of(new Copy(fails), all.toArray(String[]::new)).exitCode();
  }

  private List<JsonNode> eventsOf(boolean fails) throws IOException {
    Path file = work.resolve("lineage.jsonl");
    run(
        fails,
        "spark.openlineage.transport.type=file",
        "spark.openlineage.transport.location=" + file,
        "spark.openlineage.namespace=chats",
        "spark.openlineage.parentRunId=0198c2f0-0000-7000-8000-000000000000",
        "spark.openlineage.parentJobNamespace=airflow",
        "spark.openlineage.parentJobName=daily.copy");
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  @Test
  void tellsWhatWasReadAndWritten() throws IOException {
    List<JsonNode> events = eventsOf(false);
    assertThat(events)
        .extracting(e -> e.get("eventType").asText())
        .containsExactly("START", "COMPLETE");
    assertThat(events.get(0).at("/run/runId")).isEqualTo(events.get(1).at("/run/runId"));
    JsonNode end = events.get(1);
    assertThat(end.at("/job/namespace").asText()).isEqualTo("chats");
    assertThat(end.at("/job/name").asText()).isEqualTo("make-sample");
    assertThat(end.at("/run/facets/parent/run/runId").asText()).startsWith("0198c2f0-");
    assertThat(end.at("/run/facets/parent/job/name").asText()).isEqualTo("daily.copy");
    assertThat(end.at("/inputs/0/namespace").asText()).isEqualTo("file");
    assertThat(end.at("/inputs/0/name").asText()).isEqualTo(work.resolve("input.txt").toString());
    // The place that readers see, not the hidden one that was written first.
    assertThat(end.at("/outputs/0/name").asText()).isEqualTo(work.resolve("out").toString());
    assertThat(end.at("/outputs/0/outputFacets/outputStatistics/rowCount").asLong()).isEqualTo(3);
    assertThat(end.at("/outputs/0/facets/dialogbert_manifest/counts/rows_out").asLong())
        .isEqualTo(3);
    assertThat(events.get(0).at("/outputs/0").has("outputFacets")).isFalse();
  }

  @Test
  void tellsThatARunFailed() throws IOException {
    assertThat(eventsOf(true))
        .extracting(e -> e.get("eventType").asText())
        .containsExactly("START", "FAIL");
  }

  @Test
  void postsToAServiceAndSurvivesItsFaults() throws IOException {
    List<String> received = Collections.synchronizedList(new ArrayList<>());
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/lineage",
        exchange -> {
          received.add(
              exchange.getRequestHeaders().getFirst("Authorization")
                  + JSON.readTree(exchange.getRequestBody()).get("eventType").asText());
          exchange.sendResponseHeaders(received.size() == 1 ? 201 : 500, -1);
          exchange.close();
        });
    server.start();
    try {
      int exitCode =
          run(
              false,
              "spark.openlineage.transport.type=http",
              "spark.openlineage.transport.url=http://127.0.0.1:" + server.getAddress().getPort(),
              "spark.openlineage.transport.auth.apiKey=key");
      assertThat(exitCode).isEqualTo(JobMain.DONE);
    } finally {
      server.stop(0);
    }
    assertThat(received).containsExactly("Bearer keySTART", "Bearer keyCOMPLETE");
  }

  @Test
  void refusesSettingsThatSayNothing() {
    assertThatThrownBy(
            () -> new RunEvents(Map.of("spark.openlineage.transport.type", "http")::getOrDefault))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "spark.openlineage.transport.url must be set where spark.openlineage.transport.type = http");
    assertThatThrownBy(
            () -> new RunEvents(Map.of("spark.openlineage.transport.type", "kafka")::getOrDefault))
        .isInstanceOf(BadConfigException.class)
        .hasMessage("spark.openlineage.transport.type must be http or file, is kafka");
  }

  @Test
  void namesDatasetsAsOpenLineageDoes() {
    assertThat(RunEvents.name("hdfs://host:8020/chats/messages"))
        .isEqualTo(Map.entry("hdfs://host:8020", "/chats/messages"));
    assertThat(RunEvents.name("s3a://bucket/chats")).isEqualTo(Map.entry("s3://bucket", "chats"));
    assertThat(RunEvents.name("file:/chats")).isEqualTo(Map.entry("file", "/chats"));
  }
}
