package io.dialogbert.respond.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.Deadline;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.TooSlowException;
import io.dialogbert.respond.http.HttpServer;
import io.dialogbert.respond.http.HttpSettings;
import io.dialogbert.respond.http.ServerMetrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server on a free port, over untrained networks. */
final class ServeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir static Path work;

  private static TinyWorld world;
  private static Responder responder;
  private static HttpServer server;

  /** Loads a responder, which the test keeps. */
  private static final class LoadJob implements Job<ResponderSettings> {
    @Override
    public String name() {
      return "respond";
    }

    @Override
    public boolean usesSpark() {
      return false;
    }

    @Override
    public ResponderSettings configure(ConfigReader in) {
      return new RespondJob().configure(in).responder();
    }

    @Override
    public Lineage lineage(ResponderSettings settings) {
      return settings.lineage();
    }

    @Override
    public void run(JobContext job, ResponderSettings settings) throws IOException {
      responder = new ResponderLoader(job, settings, size -> {}).load();
    }
  }

  @BeforeAll
  static void start() {
    world = new TinyWorld(work);
    world.makeIndex("index");
    JobRun run =
        JobRun.of(
            new LoadJob(),
            "respond.index=" + world.path("index"),
            "respond.similarity=" + world.path("vectors"),
            "respond.reply=" + world.path("vectors"),
            "respond.reactions=" + world.path("reactions"));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    server = serve(settings(100_000, 32, TIMEOUT));
  }

  @AfterAll
  static void stop() {
    server.close();
    responder.close();
    SparkTestSession.stop();
  }

  private static HttpSettings settings(int requestsPerMinute, int maxConcurrent, Duration timeout) {
    return new HttpSettings("127.0.0.1", 0, 2000, 50, requestsPerMinute, maxConcurrent, timeout);
  }

  private static HttpServer serve(HttpSettings settings) {
    return HttpServer.start(responder, settings, new ServerMetrics());
  }

  private static HttpRequest.Builder request(HttpServer of, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + of.port() + path));
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpResponse<String> get(String path) {
    return send(request(server, path).build());
  }

  private static HttpResponse<String> post(HttpServer to, String body) {
    return send(
        request(to, "/v1/respond")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private static String body(String... turns) throws IOException {
    return JSON.writeValueAsString(Map.of("lang", "ko", "turns", turns));
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  private static String code(HttpResponse<String> response) throws IOException {
    return response.statusCode() + " " + json(response).at("/error/code").textValue();
  }

  @Test
  void answers() throws IOException {
    HttpResponse<String> response = post(server, body("뭐 해"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("application/json; charset=utf-8");
    assertThat(json(response).at("/answer/text").textValue()).isEqualTo("그냥 있어");
  }

  @Test
  void namesWhatIsWrong() throws IOException {
    assertThat(code(post(server, "{"))).isEqualTo("400 not-json");
    assertThat(code(post(server, "{\"turns\":[\"뭐 해\"],\"user\":1}")))
        .isEqualTo("400 unknown-field");
    assertThat(code(post(server, "{\"turns\":7}"))).isEqualTo("400 wrong-type");
    assertThat(code(post(server, body(" ")))).isEqualTo("400 empty-text");
    assertThat(code(post(server, "{\"turns\":[\"뭐 해\"],\"lang\":\"en\"}")))
        .isEqualTo("400 unknown-language");
    assertThat(code(post(server, body("해".repeat(51))))).isEqualTo("400 text-too-long");
    assertThat(code(post(server, body(new String[60])))).isEqualTo("400 wrong-type");
    String[] many = new String[51];
    Arrays.fill(many, "해");
    assertThat(code(post(server, body(many)))).isEqualTo("400 too-many-turns");
    assertThat(code(post(server, body("해".repeat(2001))))).isEqualTo("413 too-large");
    assertThat(code(get("/v1/respond"))).isEqualTo("405 method-not-allowed");
    assertThat(code(get("/etc/passwd"))).isEqualTo("404 not-found");
    assertThat(code(get("/../page.css"))).isEqualTo("404 not-found");
    assertThat(
            code(
                send(
                    request(server, "/v1/respond")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(body("뭐 해")))
                        .build())))
        .isEqualTo("415 unsupported-media-type");
  }

  @Test
  void refusesALargeBodyOfUnknownLength() throws IOException {
    HttpRequest chunked =
        request(server, "/v1/respond")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100_000])))
            .build();
    assertThat(code(send(chunked))).isEqualTo("413 too-large");
  }

  @Test
  void givesUpOnASlowClient() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout((int) TIMEOUT.toMillis() * 5);
      socket
          .getOutputStream()
          .write(
              ("POST /v1/respond HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 100\r\n\r\n{")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      // Either it is told so, or the connection is closed; but it is never left open.
      String said = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said)
          .satisfiesAnyOf(s -> assertThat(s).isEmpty(), s -> assertThat(s).contains("408"));
    }
    assertThat(post(server, body("뭐 해")).statusCode()).isEqualTo(200);
  }

  @Test
  void limitsTheRateOfAClient() throws IOException {
    try (HttpServer few = serve(settings(2, 32, TIMEOUT))) {
      assertThat(post(few, body("뭐 해")).statusCode()).isEqualTo(200);
      assertThat(post(few, body("뭐 해")).statusCode()).isEqualTo(200);
      HttpResponse<String> third = post(few, body("뭐 해"));
      assertThat(code(third)).isEqualTo("429 too-many-requests");
      assertThat(third.headers().firstValue("Retry-After")).isPresent();
      assertThat(send(request(few, "/health/live").build()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void givesUpWhenTimeIsOver() {
    Context context = new Context("ko", List.of("뭐 해"));
    assertThatThrownBy(() -> responder.respond(context, Deadline.in(Duration.ZERO)))
        .isInstanceOf(TooSlowException.class);
  }

  @Test
  void saysWhenAnAnswerTakesTooLong() throws IOException {
    try (HttpServer hasty = serve(settings(1000, 32, Duration.ofMillis(1)))) {
      List<String> codes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        HttpResponse<String> response = post(hasty, body("해".repeat(50), "뭐 해"));
        codes.add(response.statusCode() == 200 ? "200" : code(response));
      }
      assertThat(codes).isSubsetOf("200", "504 too-slow");
    }
  }

  @Test
  void manyClientsGetTheAnswersOfOne() throws IOException {
    List<String> lines = List.of("안녕하세요", "뭐 해", "점심 먹었어", "뭐 먹었어", "해 뭐", "우리 집");
    List<JsonNode> alone = new ArrayList<>();
    for (String line : lines) {
      alone.add(json(post(server, body(line))));
    }
    List<CompletableFuture<HttpResponse<String>>> together = new ArrayList<>();
    for (int i = 0; i < 20 * lines.size(); i++) {
      together.add(
          CLIENT.sendAsync(
              request(server, "/v1/respond")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(body(lines.get(i % lines.size()))))
                  .build(),
              BodyHandlers.ofString()));
    }
    int answered = 0;
    for (int i = 0; i < together.size(); i++) {
      HttpResponse<String> response = together.get(i).join();
      if (response.statusCode() == 503) {
        continue;
      }
      answered++;
      assertThat(response.statusCode()).isEqualTo(200);
      requireSame(json(response), alone.get(i % lines.size()));
    }
    assertThat(answered).isGreaterThanOrEqualTo(32);
  }

  /** The same texts, with scores that differ by rounding at most. */
  private static void requireSame(JsonNode answer, JsonNode expected) {
    assertThat(answer.findValuesAsText("text")).isEqualTo(expected.findValuesAsText("text"));
    List<JsonNode> scores = answer.findValues("score");
    for (int i = 0; i < scores.size(); i++) {
      assertThat(scores.get(i).doubleValue())
          .isCloseTo(expected.findValues("score").get(i).doubleValue(), within(1e-5));
    }
  }

  @Test
  void tellsItsHealthAndMetrics() throws IOException {
    post(server, body("뭐 해"));
    post(server, body(" "));
    assertThat(json(get("/health/live")).get("status").textValue()).isEqualTo("ok");
    assertThat(json(get("/health/ready")).get("status").textValue()).isEqualTo("ok");
    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(metrics.body())
        .contains("dialogbert_requests_total{code=\"ok\"}")
        .contains("dialogbert_requests_total{code=\"empty-text\"}")
        .contains("dialogbert_answers_total{lang=\"ko\",source=\"pair\"}")
        .contains("dialogbert_task_seconds_bucket{source=\"reply\"")
        .doesNotContain("뭐");
  }

  @Test
  void servesAPageThatLoadsNothingFromElsewhere() {
    for (String path : List.of("/", "/page.css", "/page.js")) {
      HttpResponse<String> file = get(path);
      assertThat(file.statusCode()).isEqualTo(200);
      assertThat(file.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'none'");
      assertThat(file.body()).doesNotContain("http://").doesNotContain("https://");
    }
  }

  @Test
  void describesItsErrors() throws IOException {
    JsonNode api = json(get("/openapi.json"));
    List<String> codes = new ArrayList<>();
    api.at("/components/schemas/Error/properties/error/properties/code/enum")
        .forEach(code -> codes.add(code.textValue()));
    assertThat(codes)
        .contains("not-json", "unknown-field", "too-large", "too-slow", "text-too-long");
    assertThat(api.at("/paths").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "/v1/respond", "/health/live", "/health/ready", "/metrics", "/openapi.json");
  }

  @Test
  void answersWhatItHasWhenItStops() throws IOException {
    HttpServer stopping = serve(settings(1000, 32, TIMEOUT));
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(
          CLIENT.sendAsync(
              request(stopping, "/v1/respond")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(body("뭐 해")))
                  .build(),
              BodyHandlers.ofString()));
    }
    sent.get(0).join();
    stopping.close();
    for (CompletableFuture<HttpResponse<String>> one : sent) {
      Optional<HttpResponse<String>> response =
          one.handle((r, refused) -> Optional.ofNullable(r)).join();
      // Refused or answered, but no answer is cut.
      if (response.isPresent() && response.get().statusCode() == 200) {
        assertThat(json(response.get()).at("/answer/text").textValue()).isEqualTo("그냥 있어");
      }
    }
  }
}
