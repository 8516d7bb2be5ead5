package io.dialogbert.job.sample;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.sample.SampleConfig;
import io.dialogbert.sample.SampleCorpus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Writes a synthetic messenger export as gzipped JSON Lines, for the quick start and for load tests
 * of any size.
 */
public final class MakeSampleJob implements Job<MakeSampleJob.SampleJobConfig> {
  /** Settings: what to generate, and where. */
  public record SampleJobConfig(SampleConfig sample, String output) {}

  public static void main(String[] args) {
    JobMain.run(new MakeSampleJob(), args);
  }

  @Override
  public String name() {
    return "make-sample";
  }

  @Override
  public SampleJobConfig configure(ConfigReader in) {
    return new SampleJobConfig(
        new SampleConfig(
            in.longBetween("num-messages", 1, Long.MAX_VALUE),
            in.seed(),
            in.fraction("japanese-ratio"),
            in.intBetween("num-shards", 1, 1_000_000),
            in.fraction("broken-row-ratio")),
        in.path("output"));
  }

  @Override
  public Lineage lineage(SampleJobConfig config) {
    return Lineage.to(config.output()).fingerprint("sample-grammars", SampleCorpus.fingerprint());
  }

  @Override
  public void run(JobContext job, SampleJobConfig config) {
    SampleConfig sample = config.sample();
    String directory = job.outputPath("data").toString();
    int shards = sample.numShards();
    long rows =
        job.sparkContext()
            .parallelize(IntStream.range(0, shards).boxed().toList(), shards)
            .map(shard -> write(sample, shard, directory))
            .reduce(Long::sum);
    job.count("rows_out", rows);
  }

  private static long write(SampleConfig sample, int shard, String directory) throws IOException {
    Path path = new Path(directory, String.format(Locale.ROOT, "messages-%05d.jsonl.gz", shard));
    long rows = 0;
    // A retried task overwrites its file.
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(
                    new Directories(SparkHadoopUtil.get().conf())
                        .fileSystem(path)
                        .create(path, true)),
                StandardCharsets.UTF_8))) {
      for (Iterator<String> lines = new SampleCorpus(sample).lines(shard);
          lines.hasNext();
          rows++) {
        out.write(lines.next());
        out.write('\n');
      }
    }
    return rows;
  }
}
