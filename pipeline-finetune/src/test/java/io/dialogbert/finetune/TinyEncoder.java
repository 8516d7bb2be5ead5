package io.dialogbert.finetune;

import io.dialogbert.frame.JobContext;
import io.dialogbert.job.StubJob;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import java.io.IOException;
import java.nio.file.Path;
import org.nd4j.linalg.schedule.FixedSchedule;

/** An encoder with the parameters that it starts with, as pretrain writes it. */
public final class TinyEncoder {
  private TinyEncoder() {}

  /** Makes the output directory of a pretrain job. */
  public static void make(Path output, EncoderConfig encoder, SerializedTokenizer tokenizer) {
    new StubJob<>(new PretrainJob(), job -> save(job, encoder, tokenizer))
        .make("examples=unread", "tokenizer=unread", "output=" + output);
  }

  private static void save(JobContext job, EncoderConfig encoder, SerializedTokenizer tokenizer)
      throws IOException {
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    new Checkpoint(
            Graphs.create(PretrainingTask.model(encoder), settings, job.seed()), tokenizer, 0)
        .save(job.directories(), job.output());
  }
}
