package io.dialogbert.finetune.inference;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.finetune.objective.Vectors;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.task.TaskSpec;
import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Sentence vectors of length 1 of the texts in Parquet files of any size. */
public final class EmbedJob implements Job<InferenceConfig> {
  private static final StructType VECTOR =
      new StructType().add("vector", DataTypes.createArrayType(DataTypes.FloatType, false));

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
    TextInference inference = new TextInference(job, config);
    if (!inference.head().equals(SentenceVectorObjective.HEAD)) {
      throw new BadInputException(
          config.checkpoint()
              + " has a "
              + inference.head()
              + " and makes no sentence vectors; fine-tune with method = vectors, or use predict");
    }
    int width = config.width();
    if (width > 0 && !inference.prefixes().contains(width)) {
      throw new BadInputException(
          "width = "
              + width
              + " must be one that "
              + config.checkpoint()
              + " learned, "
              + inference.prefixes()
              + ", or 0 for whole vectors; fine-tune with vector-widths");
    }
    TaskSpec spec = inference.spec();
    inference.write(
        job,
        VECTOR,
        (model, examples) -> {
          PackedBatch.Builder batch = PackedBatch.builder();
          examples.forEach(example -> Tasks.add(batch, spec.layout().of(example.first())));
          return model.predict(batch.build(), SentenceVectorObjective.HEAD);
        },
        vector ->
            new Object[] {Vectors.direction(width == 0 ? vector : Arrays.copyOf(vector, width))});
  }
}
