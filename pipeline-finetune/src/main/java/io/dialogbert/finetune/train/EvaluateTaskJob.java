package io.dialogbert.finetune.train;

import io.dialogbert.common.Seeds;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.objective.ObjectiveConfig;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.CheckpointNetwork;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Measures a fine-tuned network on a held-out split, with 95 % intervals by the bootstrap. */
public final class EvaluateTaskJob implements Job<EvaluateTaskConfig> {
  private static final StructType FIGURES =
      new StructType()
          .add("figure", DataTypes.StringType, false)
          .add("value", DataTypes.DoubleType, false)
          .add("low", DataTypes.DoubleType, false)
          .add("high", DataTypes.DoubleType, false);

  /** A figure and its 95 % interval. */
  private record Interval(String figure, double value, double low, double high) {}

  private static final RowMapping<Interval> MAPPING =
      new RowMapping.Builder<Interval>(FIGURES)
          .set("figure", Interval::figure)
          .set("value", Interval::value)
          .set("low", Interval::low)
          .set("high", Interval::high)
          .build();

  private static final double LOW_PERCENT = 2.5;
  private static final double HIGH_PERCENT = 97.5;

  /** Marks what is measured on the last turns of the contexts alone. */
  private static final String SINGLE_TURN = "single_turn_";

  public static void main(String[] args) {
    JobMain.run(new EvaluateTaskJob(), args);
  }

  @Override
  public String name() {
    return "evaluate-task";
  }

  @Override
  public EvaluateTaskConfig configure(ConfigReader in) {
    return EvaluateTaskConfig.read(in);
  }

  @Override
  public Lineage lineage(EvaluateTaskConfig config) {
    return Lineage.to(config.output())
        .dataset("checkpoint", config.checkpoint(), Tasks.learners())
        .dataset("task-data", config.taskData(), Tasks.dataMakers());
  }

  @Override
  public void run(JobContext job, EvaluateTaskConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    TaskTraining.requireTaskOf(job, spec);
    CheckpointNetwork<PackedBatch> network =
        TaskTraining.network(job, config.checkpoint(), config.precision());
    String json = ((BertEngine) network.engine()).networkJson();
    ModelConfig model = Graphs.model(json);
    List<Row> figures =
        new ArrayList<>(measure(job, config, network, ObjectiveConfig.ofModel(spec, model), ""));
    if (spec.kind().hasContext() && spec.layout().maxTurns() > 1) {
      TaskSpec lastTurn = spec.withLayout(spec.layout().withMaxTurns(1));
      figures.addAll(
          measure(job, config, network, ObjectiveConfig.ofModel(lastTurn, model), SINGLE_TURN));
    }
    job.write(job.spark().createDataFrame(figures, FIGURES).coalesce(1), "figures");
  }

  /**
   * The rows of the table of figures; writes the other tables.
   *
   * @param prefix of the names of tables and figures
   */
  private static <O extends Serializable> List<Row> measure(
      JobContext job,
      EvaluateTaskConfig config,
      CheckpointNetwork<PackedBatch> network,
      Objective<O> objective,
      String prefix)
      throws IOException {
    String split = config.split().name().toLowerCase(Locale.ROOT);
    List<ExampleReader.Part> parts = TaskTraining.parts(job, "task-data", split);
    List<O> observations =
        new TaskTraining<>(job, objective)
            .observe(network, (BertEngine) network.engine(), parts, config.maxExamples());
    job.count("rows_in", observations.size());
    job.write(
        job.spark().createDataFrame(objective.rows(observations), objective.schema()).coalesce(1),
        prefix + "predictions");
    if (prefix.isEmpty()) {
      objective
          .classification(observations)
          .ifPresent(classification -> ConfusionTable.write(job, classification));
      objective.comparison().ifPresent(words -> job.addToSummary("  compared: " + words));
    }
    SortedMap<String, double[]> drawn = new TreeMap<>();
    Function<SplittableRandom, Map<String, Double>> resampler = objective.resampler(observations);
    for (int i = 0; i < config.numResamples(); i++) {
      int draw = i;
      resampler
          .apply(Seeds.of(job.seed(), "bootstrap", i))
          .forEach(
              (name, value) ->
                  drawn.computeIfAbsent(name, n -> new double[config.numResamples()])[draw] =
                      value);
    }
    List<Row> figures = new ArrayList<>();
    for (Map.Entry<String, Double> figure : objective.figures(observations).entrySet()) {
      Percentile percentile = new Percentile();
      percentile.setData(drawn.get(figure.getKey()));
      double low = percentile.evaluate(LOW_PERCENT);
      double high = percentile.evaluate(HIGH_PERCENT);
      String name = prefix + figure.getKey();
      figures.add(MAPPING.row(new Interval(name, figure.getValue(), low, high)));
      job.figure(name, figure.getValue());
      job.addToSummary(
          String.format(
              Locale.ROOT,
              "  %-26s %.4f  (95 %%: %.4f to %.4f)",
              name,
              figure.getValue(),
              low,
              high));
    }
    return figures;
  }
}
