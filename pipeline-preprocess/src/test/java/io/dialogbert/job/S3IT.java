package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On an object store, jobs read and write the same as on a local disk. */
class S3IT {
  private static final String BUCKET = "s3a://corpus";
  private static final int PART_BYTES = 500_000;
  private static final int MAX_TRIES = 600;

  @TempDir private static java.nio.file.Path temp;

  private static SampleChain chain;
  private static Process server;
  private static Map<String, String> access;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    chain = SampleChain.shared();
    String endpoint;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      endpoint = "http://127.0.0.1:" + free.getLocalPort();
    }
    java.nio.file.Path settings = temp.resolve("s3proxy.properties");
    Files.writeString(
        settings,
        String.join(
            "\n",
            "s3proxy.endpoint=" + endpoint,
            "s3proxy.authorization=none",
            "jclouds.provider=transient-nio2"));
    server =
        new ProcessBuilder(
                java.nio.file.Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "-jar",
                "target/s3proxy.jar",
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("s3proxy.log").toFile())
            .start();
    makeBucket(URI.create(endpoint + "/corpus"));
    access =
        Map.of(
            "fs.s3a.endpoint", endpoint,
            "fs.s3a.path.style.access", "true",
            "fs.s3a.access.key", "none",
            "fs.s3a.secret.key", "none",
            "fs.s3a.change.detection.mode", "none");
  }

  /** Waits until the server answers. */
  private static void makeBucket(URI bucket) throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(bucket).PUT(HttpRequest.BodyPublishers.noBody()).build();
    for (int tries = 0; tries < MAX_TRIES && server.isAlive(); tries++) {
      try {
        assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException(
        "the S3 server does not answer: see " + temp.resolve("s3proxy.log"));
  }

  @AfterAll
  static void stop() throws InterruptedException {
    server.destroyForcibly().waitFor();
  }

  @Test
  void messagesAndDialoguesAreTheSameAsOnALocalDisk() throws IOException {
    Configuration hadoop = new Configuration();
    access.forEach(hadoop::set);
    FileSystem s3 = new Path(BUCKET + "/").getFileSystem(hadoop);
    s3.copyFromLocalFile(
        new Path(chain.output("make-sample").resolve("data").toUri()), new Path(BUCKET + "/raw"));

    Manifest messages = run(new IngestMessagesJob(), "input=[\"" + BUCKET + "/raw\"]");
    Manifest local = chain.manifest("ingest-messages");
    assertThat(messages.files()).isEqualTo(local.files());
    assertThat(messages.counts()).isEqualTo(local.counts());

    Manifest dialogues = run(new BuildDialoguesJob(), "messages=" + BUCKET + "/ingest-messages");
    assertThat(dialogues.files()).isEqualTo(chain.manifest("build-dialogues").files());
    assertThat(s3.listStatus(new Path(BUCKET + "/")))
        .extracting(file -> file.getPath().getName())
        .containsExactlyInAnyOrder("raw", "ingest-messages", "build-dialogues");
  }

  private static Manifest run(io.dialogbert.frame.Job<?> job, String input) throws IOException {
    String output = BUCKET + "/" + job.name();
    List<String> settings = new ArrayList<>();
    new TreeMap<>(access)
        .forEach((key, value) -> settings.add("spark.hadoop." + key + "=" + value));
    settings.add("spark.sql.files.maxPartitionBytes=" + PART_BYTES);
    settings.add(job.name() + "." + input);
    settings.add(job.name() + ".output=" + output);
    JobRun run =
        JobRun.of(
            job,
            chain.arguments(
                job.name(), java.nio.file.Path.of("unused"), settings.toArray(String[]::new)));
    assertThat(run.exitCode()).as(run.err()).isZero();
    Configuration hadoop = new Configuration();
    access.forEach(hadoop::set);
    return new Directories(hadoop).manifest(output).orElseThrow();
  }
}
