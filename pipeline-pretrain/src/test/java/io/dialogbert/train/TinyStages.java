package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.preprocess.JobRun;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.pretrain.PretrainJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/** The stages up to pretraining, as small as can be. */
final class TinyStages {
  private TinyStages() {}

  /** Stands in for train-tokenizer. */
  private record TokenizerJob(int maxRepeats) implements Job<String> {
    @Override
    public String name() {
      return "train-tokenizer";
    }

    @Override
    public String configure(ConfigReader in) {
      return in.path("output");
    }

    @Override
    public Lineage lineage(String output) {
      return Lineage.to(output);
    }

    @Override
    public void run(JobContext job, String output) throws IOException {
      Tokenizers.save(job.directories(), job.output(), TinyExamples.tokenizer(maxRepeats));
    }
  }

  /** Stands in for build-examples. */
  private record ExamplesJob(int maxRepeats, int numExamples) implements Job<List<String>> {
    @Override
    public String name() {
      return "build-examples";
    }

    @Override
    public List<String> configure(ConfigReader in) {
      return List.of(in.path("tokenizer"), in.path("output"));
    }

    @Override
    public Lineage lineage(List<String> paths) {
      return Lineage.to(paths.get(1)).dataset("tokenizer", paths.get(0));
    }

    @Override
    public void run(JobContext job, List<String> paths) throws IOException {
      List<Row> rows = new ArrayList<>(TinyExamples.rows("train", numExamples, job.seed()));
      rows.addAll(TinyExamples.rows("validation", 10, job.seed() + 1));
      job.write(
          job.spark().createDataFrame(rows, TinyExamples.SCHEMA).coalesce(1), "data", "split");
      Tokenizers.saveSettings(job.directories(), job.output(), TinyExamples.tokenizer(maxRepeats));
    }
  }

  /** Makes {@code tokenizer} and {@code examples}. */
  static void make(Path work) {
    make(work, 2, 40);
  }

  /**
   * The same.
   *
   * @param maxRepeats of the tokenizer, by which it is told from others
   * @param numExamples for training
   */
  static void make(Path work, int maxRepeats, int numExamples) {
    execute(new TokenizerJob(maxRepeats), "train-tokenizer.output=" + work.resolve("tokenizer"));
    execute(
        new ExamplesJob(maxRepeats, numExamples),
        "build-examples.tokenizer=" + work.resolve("tokenizer"),
        "build-examples.output=" + work.resolve("examples"));
  }

  private static void execute(Job<?> job, String... settings) {
    JobRun run = JobRun.of(job, arguments(settings));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }

  /**
   * Runs pretraining: six steps in rounds of two.
   *
   * @param more flags, such as {@code --resume}, or settings, those of {@code pretrain.training} by
   *     their last name
   */
  static JobRun pretrain(Path work, String output, String... more) {
    List<String> arguments =
        arguments(
            "pretrain.tokenizer=" + work.resolve("tokenizer"),
            "pretrain.examples=" + work.resolve("examples"),
            "pretrain.output=" + work.resolve(output),
            "pretrain.encoder.hidden-size=16",
            "pretrain.encoder.num-hidden-layers=2",
            "pretrain.encoder.num-attention-heads=2",
            "pretrain.encoder.intermediate-size=24",
            "pretrain.training.num-steps=6",
            "pretrain.training.warmup-steps=2",
            "pretrain.training.batch-size=4",
            "pretrain.training.averaging-frequency=2",
            "pretrain.training.evaluation-steps=4",
            "pretrain.training.evaluation-examples=8");
    for (String one : more) {
      if (one.startsWith("--")) {
        arguments.add(one);
      } else {
        arguments.add("--set");
        arguments.add(one.startsWith("pretrain.") ? one : "pretrain.training." + one);
      }
    }
    return JobRun.of(new PretrainJob(), arguments);
  }

  private static List<String> arguments(String... settings) {
    return new ArrayList<>(Stream.of(settings).flatMap(s -> Stream.of("--set", s)).toList());
  }
}
