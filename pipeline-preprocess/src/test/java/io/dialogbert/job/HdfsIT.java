package io.dialogbert.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.job.report.ReportJob;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On HDFS, jobs read and write the same as on a local disk. */
class HdfsIT {
  @TempDir private static java.nio.file.Path temp;

  private static SampleChain chain;
  private static MiniDFSCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    chain = SampleChain.shared();
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temp.toString());
    cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.shutdown(true);
    }
  }

  @Test
  void messagesAreTheSameAsOnALocalDisk() throws IOException {
    FileSystem hdfs = cluster.getFileSystem();
    Path raw = hdfs.makeQualified(new Path("/raw"));
    hdfs.copyFromLocalFile(new Path(chain.output("make-sample").resolve("data").toUri()), raw);
    Path output = hdfs.makeQualified(new Path("/messages"));

    JobRun run =
        JobRun.of(
            new IngestMessagesJob(),
            chain.arguments(
                "ingest-messages",
                java.nio.file.Path.of("unused"),
                "ingest-messages.input=[\"" + raw + "\"]",
                "ingest-messages.output=" + output));

    assertThat(run.exitCode()).as(run.err()).isZero();
    Manifest manifest =
        new Directories(new Configuration()).manifest(output.toString()).orElseThrow();
    Manifest local = chain.manifest("ingest-messages");
    assertThat(manifest.files()).isEqualTo(local.files());
    assertThat(manifest.counts()).isEqualTo(local.counts());
    assertThat(hdfs.exists(new Path("/.messages.unfinished"))).isFalse();
  }

  @Test
  void reportIsMadeThereOfWhatLiesThere() throws IOException {
    FileSystem hdfs = cluster.getFileSystem();
    Path work = hdfs.makeQualified(new Path("/work"));
    hdfs.mkdirs(work);
    for (String job : List.of("ingest-messages", "build-dialogues", "corpus-stats")) {
      hdfs.copyFromLocalFile(new Path(chain.output(job).toUri()), new Path(work, job));
    }
    Path output = new Path(work, "report");
    List<String> arguments =
        List.of("--set", "report.work=" + work, "--set", "report.output=" + output);
    JobRun run = JobRun.of(new ReportJob(), arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("report: " + output + "/report.html");
    String html = new Directories(new Configuration()).readString(new Path(output, "report.html"));
    assertThat(html)
        .contains("ingest-messages", "build-dialogues", "corpus-stats")
        .contains("Token frequencies</figcaption>", work + "/corpus-stats");

    JobRun again = JobRun.of(new ReportJob(), arguments);
    assertThat(again.out()).as(again.err()).contains("done already, nothing to do: " + output);
  }

  @Test
  void plainFileOfSeveralBlocksIsReadInParts() throws IOException {
    FileSystem hdfs = cluster.getFileSystem();
    Path file = hdfs.makeQualified(new Path("/plain/export.jsonl"));
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 20_000; i++) {
      lines
          .append("{\"conversation_id\":\"c1\",\"message_id\":")
          .append(i)
          .append(",\"sender_id\":\"s\",\"sent_at\":\"2024-05-01T09:30:00Z\",\"lang\":\"ko\",")
          .append("\"text\":\"줄 ")
          .append(i)
          .append("\",\"source\":\"x\"}\n");
    }
    try (OutputStream out = hdfs.create(file, true, 4096, (short) 1, 1 << 20)) {
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
    Path output = hdfs.makeQualified(new Path("/plain-messages"));
    JobRun run =
        JobRun.of(
            new IngestMessagesJob(),
            chain.arguments(
                "ingest-messages",
                java.nio.file.Path.of("unused"),
                "ingest-messages.input=[\"" + file + "\"]",
                "ingest-messages.output=" + output,
                "spark.sql.files.maxPartitionBytes=500000",
                "spark.sql.files.openCostInBytes=0"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(
            SparkTestSession.get()
                .read()
                .parquet(output + "/data")
                .where("text = concat('줄 ', source_row)")
                .count())
        .isEqualTo(20_000);
  }
}
