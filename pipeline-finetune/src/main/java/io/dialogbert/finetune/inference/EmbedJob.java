package io.dialogbert.finetune.inference;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import java.io.IOException;

/** Sentence vectors of length 1 of the texts in Parquet files of any size. */
public final class EmbedJob implements Job<InferenceConfig> {
  public static void main(String[] args) {
    JobMain.run(new EmbedJob(), args);
  }

  @Override
  public String name() {
    return "embed";
  }

  @Override
  public int format() {
    return 2;
  }

  @Override
  public InferenceConfig configure(ConfigReader in) {
    return InferenceConfig.read(in, false);
  }

  @Override
  public Lineage lineage(InferenceConfig config) {
    return TextInference.lineage(config);
  }

  @Override
  public void run(JobContext job, InferenceConfig config) throws IOException {
    SentenceVectors vectors =
        new SentenceVectors(
            job,
            config.checkpoint(),
            config.precision(),
            config.columns(),
            config.lang(),
            config.width());
    TextInference.write(job, config.columns(), vectors::of);
  }
}
