package io.dialogbert.frame;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BinaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a lineage service what a run reads and writes, as OpenLineage events made from manifests.
 * Off unless the Spark setting {@code spark.openlineage.transport.type} is {@code http} or {@code
 * file}. The settings are those of OpenLineage's own Spark listener, so whatever injects them, such
 * as Airflow's provider, need not know the difference; the listener itself would report the hidden
 * directories that jobs write first. An event that cannot be sent is warned of and changes nothing.
 *
 * @see <a href="https://openlineage.io/spec/2-0-2/OpenLineage.json">OpenLineage 2-0-2</a>
 */
final class RunEvents {
  private static final Logger LOG = LoggerFactory.getLogger(RunEvents.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMA =
      "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
  private static final String FACETS = "https://openlineage.io/spec/facets/";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String SETTINGS = "spark.openlineage.";
  private static final String TYPE = SETTINGS + "transport.type";

  /** Kinds of event, as OpenLineage names them. */
  private enum Type {
    START,
    COMPLETE,
    FAIL
  }

  /** Sends an event. */
  private interface Transport {
    void send(String event) throws IOException, InterruptedException;
  }

  private final Optional<Transport> transport;
  private final BinaryOperator<String> setting;
  private final String runId = UUID.randomUUID().toString();

  /**
   * Events of one run.
   *
   * @param setting gives a Spark setting, or its second argument if it is not set
   * @throws BadConfigException if the settings do not say where events go
   */
  RunEvents(BinaryOperator<String> setting) {
    this.setting = setting;
    this.transport =
        switch (setting.apply(TYPE, "")) {
          case "" -> Optional.empty();
          case "http" -> Optional.of(http());
          case "file" -> Optional.of(file());
          default ->
              throw new BadConfigException(
                  TYPE + " must be http or file, is " + setting.apply(TYPE, ""));
        };
  }

  private Transport http() {
    String endpoint = setting.apply(SETTINGS + "transport.endpoint", "api/v1/lineage");
    String key = setting.apply(SETTINGS + "transport.auth.apiKey", "");
    HttpRequest.Builder request;
    try {
      request =
          HttpRequest.newBuilder(
                  URI.create(required("transport.url").replaceFirst("/*$", "/") + endpoint))
              .timeout(PATIENCE)
              .header("Content-Type", "application/json");
    } catch (IllegalArgumentException e) {
      throw new BadConfigException(
          SETTINGS + "transport.url and .endpoint must be an HTTP address: " + e.getMessage(), e);
    }
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    return event -> {
      HttpResponse<Void> response =
          client.send(
              request.copy().POST(HttpRequest.BodyPublishers.ofString(event)).build(),
              HttpResponse.BodyHandlers.discarding());
      if (response.statusCode() >= 300) {
        throw new IOException("the service answered " + response.statusCode());
      }
    };
  }

  private Transport file() {
    Path file = Path.of(required("transport.location"));
    return event ->
        Files.writeString(file, event + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private String required(String name) {
    String value = setting.apply(SETTINGS + name, "");
    if (value.isEmpty()) {
      throw new BadConfigException(
          SETTINGS + name + " must be set where " + TYPE + " = " + setting.apply(TYPE, ""));
    }
    return value;
  }

  /**
   * Says that a run begins.
   *
   * @param output the output's directory
   */
  void started(Manifest plan, String output) {
    send(Type.START, plan, output);
  }

  /** Says that a run's output is in place. */
  void completed(Manifest manifest, String output) {
    send(Type.COMPLETE, manifest, output);
  }

  /** Says that a run failed. */
  void failed(Manifest plan, String output) {
    send(Type.FAIL, plan, output);
  }

  private void send(Type type, Manifest manifest, String output) {
    if (transport.isEmpty()) {
      return;
    }
    try {
      transport.get().send(JSON.writeValueAsString(event(type, manifest, output)));
    } catch (IOException e) {
      LOG.warn("the lineage event {} was not sent: {}", type, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("the lineage event {} was not sent: interrupted", type);
    }
  }

  private ObjectNode event(Type type, Manifest manifest, String output) {
    ObjectNode event = JSON.createObjectNode();
    event.put("eventType", type.name());
    event.put("eventTime", Instant.now().toString());
    event.put("producer", producer());
    event.put("schemaURL", SCHEMA);
    ObjectNode run = event.putObject("run");
    run.put("runId", runId);
    parent(run.putObject("facets"));
    ObjectNode job = event.putObject("job");
    job.put("namespace", setting.apply(SETTINGS + "namespace", "default"));
    job.put("name", manifest.job());
    ObjectNode kind = facet(job.putObject("facets"), "jobType", "2-0-4/JobTypeJobFacet");
    kind.put("processingType", "BATCH").put("integration", "DIALOGBERT").put("jobType", "JOB");
    ArrayNode inputs = event.putArray("inputs");
    for (Manifest.Input input : manifest.inputs()) {
      if (!input.path().isEmpty()) {
        ObjectNode facets = dataset(inputs, input.path()).putObject("facets");
        facet(facets, "version", "1-0-1/DatasetVersionDatasetFacet")
            .put("datasetVersion", input.fingerprint());
      }
    }
    ObjectNode written = dataset(event.putArray("outputs"), output);
    if (type == Type.COMPLETE) {
      describe(written, manifest);
    }
    return event;
  }

  /** The run that this one is a part of, such as a task of Airflow. */
  private void parent(ObjectNode facets) {
    String id = setting.apply(SETTINGS + "parentRunId", "");
    if (!id.isEmpty()) {
      ObjectNode parent = facet(facets, "parent", "1-2-0/ParentRunFacet");
      parent.putObject("run").put("runId", id);
      parent
          .putObject("job")
          .put("namespace", setting.apply(SETTINGS + "parentJobNamespace", "default"))
          .put("name", setting.apply(SETTINGS + "parentJobName", "unknown"));
    }
  }

  /** What was written: its fingerprint, how much, and the manifest's counts and figures. */
  private static void describe(ObjectNode output, Manifest manifest) {
    ObjectNode facets = output.putObject("facets");
    facet(facets, "version", "1-0-1/DatasetVersionDatasetFacet")
        .put("datasetVersion", manifest.fingerprint());
    ObjectNode counts = facet(facets, "dialogbert_manifest", null);
    counts.set("counts", JSON.valueToTree(manifest.counts()));
    counts.set("figures", JSON.valueToTree(manifest.figures()));
    List<Manifest.OutputFile> files = manifest.files();
    ObjectNode statistics =
        facet(
            output.putObject("outputFacets"),
            "outputStatistics",
            "1-0-2/OutputStatisticsOutputDatasetFacet");
    statistics.put("fileCount", files.size());
    statistics.put("size", files.stream().mapToLong(Manifest.OutputFile::bytes).sum());
    List<Manifest.OutputFile> data =
        files.stream().filter(file -> file.path().startsWith("data/")).toList();
    // Files other than Parquet have no known number of rows.
    if (!data.isEmpty() && data.stream().allMatch(file -> file.rows() >= 0)) {
      statistics.put("rowCount", manifest.rows("data"));
    }
  }

  /**
   * Adds a facet.
   *
   * @param schema version and name of its schema; null for one of this project
   */
  private static ObjectNode facet(ObjectNode facets, String name, String schema) {
    ObjectNode facet = facets.putObject(name);
    facet.put("_producer", producer());
    facet.put(
        "_schemaURL",
        schema == null
            ? "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetFacet"
            : FACETS + schema + ".json#/$defs/" + schema.substring(schema.indexOf('/') + 1));
    return facet;
  }

  private static String producer() {
    return "urn:dialogbert:" + JobMain.version();
  }

  /** Adds a dataset under OpenLineage's name for its path: the store, and the path in it. */
  private static ObjectNode dataset(ArrayNode datasets, String path) {
    Map.Entry<String, String> name = name(path);
    return datasets.addObject().put("namespace", name.getKey()).put("name", name.getValue());
  }

  /**
   * A directory's namespace and name in OpenLineage: {@code file} and the absolute path, {@code
   * s3://BUCKET} and the key, or else scheme and authority, and the path.
   */
  static Map.Entry<String, String> name(String path) {
    URI uri = new org.apache.hadoop.fs.Path(path).toUri();
    String scheme = uri.getScheme();
    if (scheme == null || scheme.equals("file")) {
      return Map.entry("file", Path.of(uri.getPath()).toAbsolutePath().normalize().toString());
    }
    if (scheme.equals("s3a") || scheme.equals("s3n") || scheme.equals("s3")) {
      return Map.entry("s3://" + uri.getAuthority(), uri.getPath().replaceFirst("^/", ""));
    }
    String authority = uri.getAuthority() == null ? "" : uri.getAuthority();
    return Map.entry(scheme + "://" + authority, uri.getPath());
  }
}
