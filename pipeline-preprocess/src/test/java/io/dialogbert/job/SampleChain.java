package io.dialogbert.job;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.job.sample.MakeSampleJob;
import io.dialogbert.job.stats.CorpusStatsJob;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.sample.SampleConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;

/**
 * The preprocessing chain on a small made-up corpus, run once for all tests of a JVM. Its outputs
 * are read-only; a test that breaks something works on a {@link #copy}.
 */
public final class SampleChain {
  /** Settings of the corpus: two shards, and enough broken rows for each kind of reject. */
  public static final SampleConfig SAMPLE = new SampleConfig(3_000, 20191029, 0.2, 2, 0.01);

  /** The jobs in the order they run. */
  public static final List<Job<?>> JOBS =
      List.of(
          new MakeSampleJob(),
          new IngestMessagesJob(),
          new BuildDialoguesJob(),
          new TrainTokenizerJob(),
          new BuildExamplesJob(),
          new CorpusStatsJob());

  private static final String KEY = "a key of these tests only\n";
  private static SampleChain shared;

  private final Path root;
  private final Map<String, JobRun> runs = new LinkedHashMap<>();

  private SampleChain(Path root) {
    this.root = root;
  }

  /** The finished chain, in the module's {@code target}; runs it on first use. */
  public static synchronized SampleChain shared() throws IOException {
    if (shared == null) {
      Path root =
          Path.of("target", "it", System.getProperty("test.fork", "1"), "sample-chain")
              .toAbsolutePath();
      FileUtils.deleteDirectory(root.toFile());
      Files.createDirectories(root);
      Files.writeString(root.resolve("pseudonym.key"), KEY);
      SampleChain chain = new SampleChain(root);
      for (Job<?> job : JOBS) {
        JobRun run = JobRun.of(job, chain.arguments(job.name(), chain.output(job.name())));
        if (run.exitCode() != 0) {
          throw new IllegalStateException(job.name() + " failed: " + run.err());
        }
        chain.runs.put(job.name(), run);
      }
      shared = chain;
    }
    return shared;
  }

  public Path root() {
    return root;
  }

  public Path output(String job) {
    return root.resolve(job);
  }

  /** Each job's run, by name, in order. */
  public Map<String, JobRun> runs() {
    return runs;
  }

  /** A job's manifest. */
  public Manifest manifest(String job) {
    return manifest(output(job));
  }

  /** The manifest of any directory. */
  public static Manifest manifest(Path directory) {
    try {
      return new Directories(new Configuration(false)).manifest(directory.toString()).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a finished output, to be broken. */
  public Path copy(String job, Path to) throws IOException {
    FileUtils.copyDirectory(output(job).toFile(), to.toFile());
    return to;
  }

  /** Makes the messages of another corpus, which has only the Korean ones. */
  Path koreanMessages(Path output) {
    JobRun run =
        JobRun.of(
            new IngestMessagesJob(),
            arguments(
                "ingest-messages",
                output,
                "ingest-messages.languages=[ko]",
                "ingest-messages.max-reject-ratio=1"));
    if (run.exitCode() != 0) {
      throw new IllegalStateException("ingest-messages failed: " + run.err());
    }
    return output;
  }

  /** The arguments of a job of this chain with another output, plus more settings if given. */
  public List<String> arguments(String job, Path output, String... settings) {
    List<String> all = new ArrayList<>(settings(job));
    all.add(job + ".output=" + output);
    all.add("spark.sql.shuffle.partitions=3");
    all.addAll(List.of(settings));
    return all.stream().flatMap(setting -> Stream.of("--set", setting)).toList();
  }

  private List<String> settings(String job) {
    return switch (job) {
      case "make-sample" ->
          List.of(
              "seed=" + SAMPLE.seed(),
              "make-sample.num-messages=" + SAMPLE.numMessages(),
              "make-sample.japanese-ratio=" + SAMPLE.japaneseRatio(),
              "make-sample.num-shards=" + SAMPLE.numShards(),
              "make-sample.broken-row-ratio=" + SAMPLE.brokenRowRatio());
      case "ingest-messages" ->
          List.of(
              "ingest-messages.input=[\"" + output("make-sample").resolve("data") + "\"]",
              "ingest-messages.pseudonym-key-file=" + root.resolve("pseudonym.key"),
              "ingest-messages.max-reject-ratio=0.05",
              // Several files, so that rows can end up in the wrong one.
              "ingest-messages.messages-per-file=1500");
      case "build-dialogues" ->
          List.of(
              "build-dialogues.messages=" + output("ingest-messages"),
              "build-dialogues.validation-ratio=0.2",
              "build-dialogues.test-ratio=0.2",
              "build-dialogues.dialogues-per-file=150");
      case "train-tokenizer" ->
          List.of(
              "train-tokenizer.dialogues=" + output("build-dialogues"),
              "train-tokenizer.vocab-size=1000",
              "train-tokenizer.character-coverage=0.98");
      case "build-examples" ->
          List.of(
              "build-examples.dialogues=" + output("build-dialogues"),
              "build-examples.tokenizer=" + output("train-tokenizer"),
              "build-examples.dialogues-per-bucket=50",
              "build-examples.max-unknown-rate=0.2",
              "build-examples.examples-per-file=400");
      case "corpus-stats" ->
          List.of(
              "corpus-stats.messages=" + output("ingest-messages"),
              "corpus-stats.dialogues=" + output("build-dialogues"),
              "corpus-stats.tokenizer=" + output("train-tokenizer"),
              "corpus-stats.min-shown-count=3",
              "corpus-stats.min-shown-senders=2",
              "corpus-stats.max-unknown-rate=0.2");
      default -> throw new IllegalArgumentException("no job of this chain: " + job);
    };
  }
}
