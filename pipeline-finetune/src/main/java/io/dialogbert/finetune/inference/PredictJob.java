package io.dialogbert.finetune.inference;

import io.dialogbert.common.BadInputException;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.ReplyScoreObjective;
import io.dialogbert.finetune.objective.ScoreObjective;
import io.dialogbert.finetune.objective.TagObjective;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Softmax;
import io.dialogbert.task.ClassRanking;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Classes, scores or entities of the texts in Parquet files of any size. */
public final class PredictJob implements Job<InferenceConfig> {
  private static final StructType SCORE = new StructType().add("score", DataTypes.FloatType);

  private static final StructType CLASSES =
      new StructType()
          .add(
              "classes",
              DataTypes.createArrayType(
                  new StructType()
                      .add("class_id", DataTypes.IntegerType, false)
                      .add("lang", DataTypes.StringType, false)
                      .add("name", DataTypes.StringType, false)
                      .add("probability", DataTypes.FloatType, false),
                  false));

  public static void main(String[] args) {
    JobMain.run(new PredictJob(), args);
  }

  @Override
  public String name() {
    return "predict";
  }

  @Override
  public int format() {
    return 2;
  }

  @Override
  public InferenceConfig configure(ConfigReader in) {
    return InferenceConfig.read(in, true);
  }

  @Override
  public Lineage lineage(InferenceConfig config) {
    return TextInference.lineage(config);
  }

  @Override
  public void run(JobContext job, InferenceConfig config) throws IOException {
    TextInference inference =
        new TextInference(
            job, config.checkpoint(), config.precision(), config.columns(), config.lang());
    TaskSpec spec = inference.spec();
    String head = inference.head();
    if (spec.kind().isPair() && config.columns().second().isEmpty()) {
      throw new BadInputException(
          config.checkpoint() + " reads pairs; columns.second must name the second text");
    }
    if (head.equals(TagObjective.HEAD)) {
      FoundEntities found = new FoundEntities(new TagObjective(spec));
      TextInference.write(
          job,
          config.columns(),
          rows -> inference.compute(rows, FoundEntities.SCHEMA, found, found));
      return;
    }
    ClassRanking ranking = ClassRanking.of(spec, config.priorExponent(), config.checkpoint());
    TextInference.Outputs outputs =
        (model, examples) -> model.predict(Tasks.pack(spec, examples), head);
    TextInference.Values values = values(inference, ranking, config);
    StructType schema = head.equals(Head.CLASSIFIER) ? CLASSES : SCORE;
    TextInference.write(
        job, config.columns(), rows -> inference.compute(rows, schema, outputs, values));
  }

  private static TextInference.Values values(
      TextInference inference, ClassRanking ranking, InferenceConfig config) {
    TaskSpec spec = inference.spec();
    return switch (inference.head()) {
      case Head.CLASSIFIER -> new FirstClasses(spec, ranking, config.numClasses());
      case ScoreObjective.HEAD -> {
        double low = spec.scores().low();
        double range = spec.scores().high() - low;
        yield (example, output) -> new Object[] {(float) (low + range * output[0])};
      }
      case ReplyScoreObjective.HEAD -> (example, output) -> new Object[] {output[0]};
      default ->
          throw new BadInputException(
              config.checkpoint() + " makes sentence vectors; embed writes them");
    };
  }

  /** The classes that rank first, with their probabilities. */
  private record FirstClasses(TaskSpec spec, ClassRanking ranking, int count)
      implements TextInference.Values, Serializable {
    @Override
    public Object[] of(TaskExample example, float[] logits) {
      float[] probabilities = Softmax.probabilities(logits);
      List<Row> classes = new ArrayList<>();
      for (int c : ranking.top(probabilities, count, any -> any)) {
        TaskSpec.ClassName name = spec.classes().get(c);
        classes.add(RowFactory.create(c, name.lang(), name.name(), probabilities[c]));
      }
      return new Object[] {classes.toArray()};
    }
  }
}
