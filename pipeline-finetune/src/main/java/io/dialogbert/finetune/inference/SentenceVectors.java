package io.dialogbert.finetune.inference;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.inference.InferenceConfig.Columns;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.finetune.objective.Vectors;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.task.TaskSpec;
import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Sentence vectors of many texts, made in Spark tasks. */
public final class SentenceVectors {
  /** Name of their column. */
  public static final String VECTOR = "vector";

  private static final StructType SCHEMA =
      new StructType().add(VECTOR, DataTypes.createArrayType(DataTypes.FloatType, false));

  private final TextInference inference;
  private final int width;

  /**
   * A network that makes them.
   *
   * @param checkpoint output directory of finetune or distill
   * @param precision of the matrix products
   * @param lang language of rows without a column of it
   * @param width length of the prefixes that are wanted; 0 for whole vectors
   * @throws BadInputException if the network makes no sentence vectors or has not learned such
   *     prefixes
   */
  public SentenceVectors(
      JobContext job,
      String checkpoint,
      Precision precision,
      Columns columns,
      String lang,
      int width)
      throws IOException {
    this.inference = new TextInference(job, checkpoint, precision, columns, lang);
    this.width = width;
    requireVectors(checkpoint, inference.head());
    if (width > 0 && !inference.prefixes().contains(width)) {
      throw new BadInputException(
          "width = "
              + width
              + " must be one that "
              + checkpoint
              + " learned, "
              + inference.prefixes()
              + ", or 0 for whole vectors; fine-tune with vector-widths");
    }
  }

  /**
   * The id and the vector of all rows. A vector has length 1; it is null if the text is.
   *
   * @throws BadInputException if the rows lack a column
   */
  public Dataset<Row> of(Dataset<Row> rows) {
    TaskSpec spec = inference.spec();
    int wanted = width;
    return inference.compute(
        rows,
        SCHEMA,
        (model, examples) -> {
          PackedBatch.Builder batch = PackedBatch.builder();
          examples.forEach(example -> Tasks.add(batch, spec.layout().of(example.first())));
          return model.predict(batch.build(), SentenceVectorObjective.HEAD);
        },
        (example, vector) ->
            new Object[] {Vectors.direction(wanted == 0 ? vector : Arrays.copyOf(vector, wanted))});
  }

  /**
   * Checks that a network makes sentence vectors.
   *
   * @param head of the network
   * @throws BadInputException if it does not
   */
  public static void requireVectors(String checkpoint, String head) {
    if (!head.equals(SentenceVectorObjective.HEAD)) {
      throw new BadInputException(
          checkpoint
              + " has a "
              + head
              + " and makes no sentence vectors; fine-tune with method = vectors, or use predict");
    }
  }
}
