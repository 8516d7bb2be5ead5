package io.dialogbert.finetune.inference;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

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
  public InferenceConfig configure(ConfigReader in) {
    return InferenceConfig.read(in, false);
  }

  @Override
  public Lineage lineage(InferenceConfig config) {
    return TextInference.lineage(config);
  }

  @Override
  public void run(JobContext job, InferenceConfig config) throws IOException {
    Dataset<Row> rows = TextInference.input(job);
    TextInference.write(
        job,
        rows,
        config.columns(),
        SentenceVectors.of(
            job, config.checkpoint(), rows, config.columns(), config.lang(), config.width()));
  }
}
