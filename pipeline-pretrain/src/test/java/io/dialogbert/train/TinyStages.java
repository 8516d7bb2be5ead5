package io.dialogbert.train;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/** The stages up to pretraining, as small as possible. */
final class TinyStages {
  private TinyStages() {}

  /** Makes {@code tokenizer} and {@code examples}. */
  static void make(Path work) {
    make(work, 2, 40);
  }

  /**
   * The same with options.
   *
   * @param maxRepeats setting that distinguishes the tokenizer from others
   * @param numExamples number of training examples
   * @param settings settings of build-examples
   */
  static void make(Path work, int maxRepeats, int numExamples, String... settings) {
    SerializedTokenizer tokenizer = TinyExamples.tokenizer(maxRepeats);
    new StubJob<>(
            new TrainTokenizerJob(),
            job -> Tokenizers.save(job.directories(), job.output(), tokenizer))
        .make("dialogues=unread", "output=" + work.resolve("tokenizer"));
    Stream<String> paths =
        Stream.of("dialogues=unread", "tokenizer=unread", "output=" + work.resolve("examples"));
    new StubJob<>(new BuildExamplesJob(), job -> examples(job, tokenizer, numExamples))
        .make(Stream.concat(paths, Stream.of(settings)).toArray(String[]::new));
  }

  private static void examples(JobContext job, SerializedTokenizer tokenizer, int numExamples)
      throws IOException {
    List<Row> rows = new ArrayList<>(TinyExamples.rows("train", numExamples, job.seed()));
    rows.addAll(TinyExamples.rows("validation", 10, job.seed() + 1));
    job.write(job.spark().createDataFrame(rows, TinyExamples.SCHEMA).coalesce(1), "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer);
  }

  /**
   * Runs pretraining: six steps in rounds of two.
   *
   * @param more flags such as {@code --resume}, or settings; those of {@code pretrain.training} by
   *     their last name
   */
  static JobRun pretrain(Path work, String output, String... more) {
    Stream<String> settings =
        Stream.of(
            "pretrain.tokenizer=" + work.resolve("tokenizer"),
            "pretrain.examples=" + work.resolve("examples"),
            "pretrain.output=" + work.resolve(output),
            "pretrain.encoder.hidden-size=16",
            "pretrain.encoder.num-hidden-layers=2",
            "pretrain.encoder.num-attention-heads=2",
            "pretrain.encoder.intermediate-size=24",
            "pretrain.encoder.max-position-embeddings=48",
            "num-steps=6",
            "warmup-steps=2",
            "batch-size=4",
            "averaging-frequency=2",
            "evaluation-steps=4",
            "evaluation-examples=8");
    return JobRun.of(
        new PretrainJob(),
        Stream.concat(settings, Stream.of(more))
            .map(
                one ->
                    one.startsWith("--") || one.startsWith("pretrain.") || one.startsWith("spark.")
                        ? one
                        : "pretrain.training." + one)
            .toArray(String[]::new));
  }
}
