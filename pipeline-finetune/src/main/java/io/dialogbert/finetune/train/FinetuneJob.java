package io.dialogbert.finetune.train;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.Seeds;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.objective.ReplyScoreObjective;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a pretrained encoder on a task. */
public final class FinetuneJob implements Job<FinetuneConfig> {
  /** Holds the untrained network while it is needed for comparison. */
  private static final String BEFORE = "_before";

  /** Examples of an evaluation that compares each with many. */
  private static final int MANY_EXAMPLES = 1000;

  public static void main(String[] args) {
    JobMain.run(new FinetuneJob(), args);
  }

  @Override
  public String name() {
    return "finetune";
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public FinetuneConfig configure(ConfigReader in) {
    return FinetuneConfig.read(in);
  }

  @Override
  public Lineage lineage(FinetuneConfig config) {
    return Lineage.to(config.output())
        .dataset("checkpoint", config.checkpoint(), Tasks.encoders())
        .dataset("task-data", config.taskData(), "build-task-data", "mine-negatives");
  }

  @Override
  public void run(JobContext job, FinetuneConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    run(
        job,
        config,
        config.objective().of(spec, () -> TaskBaselines.labels(job, "task-data", Splits.TRAIN)));
  }

  /** A network that was trained from a seed. */
  private record Run(
      long seed,
      TrainingLoop<PackedBatch> loop,
      TrainingLoop.Trained<PackedBatch> trained,
      BertEngine engine) {}

  private static <O extends Serializable> void run(
      JobContext job, FinetuneConfig config, Objective<O> objective) throws IOException {
    Checkpoint pretrained = Checkpoint.load(job.directories(), config.checkpoint());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), pretrained.tokenizer());
    List<ExampleReader.Part> train = TaskTraining.parts(job, "task-data", Splits.TRAIN);
    List<ExampleReader.Part> validation = TaskTraining.parts(job, "task-data", Splits.VALIDATION);
    List<ExampleReader.Part> test = TaskTraining.parts(job, "task-data", Splits.TEST);
    if (config.symmetricPairs()
        && (!objective.spec().kind().isPair() || objective.spec().kind().hasContext())) {
      throw new BadConfigException(
          "finetune.symmetric-pairs is for pairs of texts; "
              + job.inputPath("task-data")
              + " holds none");
    }
    TaskTraining.requirePositions(
        job, "task-data", objective.spec(), Graphs.encoderConfig(pretrained.graph()));
    config.objective().requireWidthsBelow(Graphs.encoderConfig(pretrained.graph()).hiddenSize());
    noteHead(job, objective.model(Graphs.encoderConfig(pretrained.graph())), pretrained.graph());
    noteNegatives(job, objective);
    noteCost(job, objective, config.training().evaluationExamples());
    TaskTraining<O> training = new TaskTraining<>(job, objective, config.symmetricPairs());
    long rows = train.stream().mapToLong(ExampleReader.Part::rows).sum();
    TrainingConfig settings = config.training(rows);
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < config.numSeeds(); i++) {
      long seed = i == 0 ? job.seed() : Seeds.hash(job.seed(), "run", i);
      ComputationGraph graph =
          start(
              pretrained.graph(),
              objective,
              settings.settings().withLayerDecay(config.layerDecay()),
              seed);
      if (i == 0) {
        new Checkpoint(graph, pretrained.tokenizer(), 0)
            .save(job.directories(), job.outputPath(BEFORE));
      }
      TrainingLoop<PackedBatch> loop =
          training.loop(
              graph,
              pretrained.tokenizer(),
              config.numSeeds() == 1 ? settings : settings.withStatesIn("seed-" + i),
              train,
              validation,
              seed);
      runs.add(
          new Run(
              seed,
              loop,
              loop.train(),
              new BertEngine(graph.getConfiguration().toJson(), settings.precision())));
    }
    Run best =
        Collections.min(
            runs,
            Comparator.comparing(run -> run.trained().saved(), objective.selection().bestFirst()));
    best.loop()
        .save(best.trained())
        .forEach((name, value) -> job.figure("validation_" + name, value));
    Tasks.save(job, objective.spec());
    job.count("rows_in", rows);

    // The test split is read only now that the choice is made.
    int maxTest =
        objective.observedTogether() == 1 ? Integer.MAX_VALUE : settings.evaluationExamples();
    SeedTable seeds = new SeedTable();
    Optional<Double> majority = TaskBaselines.majority(job, "task-data", objective.spec());
    for (Run run : runs) {
      List<O> observed = training.observe(run.trained().network(), run.engine(), test, maxTest);
      job.count("test_examples", observed.size());
      seeds.add(
          run.seed(),
          run.trained().saved(),
          objective.figures(observed),
          run.seed() == best.seed());
    }
    Map<String, Double> before =
        training.score(job.outputPath(BEFORE).toString(), settings.precision(), test, maxTest);
    job.directories().fileSystem(job.outputPath(BEFORE)).delete(job.outputPath(BEFORE), true);
    before.forEach((name, value) -> job.figure("test_" + name + "_before", value));
    seeds.report(job, objective.selection().figure(), majority);
    majority.ifPresent(share -> job.figure("baseline_most_frequent_class_accuracy", share));
    summarize(job, objective, seeds.best(), before, majority);
  }

  private static void summarize(
      JobContext job,
      Objective<?> objective,
      Map<String, Double> test,
      Map<String, Double> before,
      Optional<Double> majority) {
    String figure = objective.selection().figure();
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  %s: %s %.1f %s(before training %.1f), in percent",
            objective.spec().name(),
            figure,
            100 * test.get(figure),
            majority
                .map(
                    share -> String.format(Locale.ROOT, "(most frequent class %.1f) ", 100 * share))
                .orElse(""),
            100 * before.get(figure)));
    objective.comparison().ifPresent(words -> job.addToSummary("  compared: " + words));
  }

  /** A network with the pretrained encoder, and with its head if it learned the same. */
  private static ComputationGraph start(
      ComputationGraph pretrained, Objective<?> objective, TrainingSettings training, long seed) {
    ComputationGraph graph =
        Graphs.create(objective.model(Graphs.encoderConfig(pretrained)), training, seed);
    Head has = Graphs.model(graph).heads().get(0);
    Optional<Head> had = Graphs.model(pretrained).findHead(has.name());
    if (had.isPresent() && !isSame(had.get(), has)) {
      Graphs.copyEncoder(pretrained, graph);
    } else {
      Graphs.copyParameters(pretrained, graph);
    }
    return graph;
  }

  /** Whether two heads say the same; a head without classes is known by its name. */
  private static boolean isSame(Head had, Head has) {
    return had.outputs().isSame(has.outputs())
        || (had.outputs().sha256().isEmpty() && had.outputs().equals(has.outputs()));
  }

  /** Says which wrong replies a network of replies learns from. */
  private static void noteNegatives(JobContext job, Objective<?> objective) {
    if (objective.spec().kind() != TaskSpec.Kind.REPLIES) {
      return;
    }
    Dataset<Row> data = job.read("task-data", "data");
    long mined =
        List.of(data.columns()).contains(TaskRows.NEGATIVE_IDS)
            ? data.filter(size(col(TaskRows.NEGATIVE_IDS)).gt(0)).count()
            : 0;
    job.count("mined_negatives", mined);
    String ofBatch =
        objective instanceof ReplyScoreObjective scores
            ? "up to " + scores.numNegatives() + " of the other replies of the batch"
            : "the other replies of the batch";
    job.addToSummary(
        "  negatives: " + ofBatch + (mined == 0 ? "" : ", and " + mined + " mined ones"));
  }

  /** Warns of evaluations that may take longer than training. */
  private static void noteCost(JobContext job, Objective<?> objective, int maxExamples) {
    if (objective.observedTogether() > 1 && maxExamples > MANY_EXAMPLES) {
      job.warn(
          "each evaluation reads up to "
              + maxExamples
              + " contexts with "
              + objective.observedTogether()
              + " replies each; a smaller training.evaluation-examples saves time");
    }
  }

  /** Notes what becomes of a head that the checkpoint has. */
  private static void noteHead(JobContext job, ModelConfig model, ComputationGraph pretrained) {
    Head has = model.heads().get(0);
    Optional<Head> had = Graphs.model(pretrained).findHead(has.name());
    if (had.isEmpty()) {
      return;
    }
    job.warn(
        isSame(had.get(), has)
            ? job.inputPath("checkpoint")
                + " has a "
                + has.name()
                + " for the same classes, "
                + has.outputs()
                + "; it is trained further"
            : job.inputPath("checkpoint")
                + " has a "
                + has.name()
                + " for other classes, "
                + had.get().outputs()
                + ", than "
                + job.inputPath("task-data")
                + ", "
                + has.outputs()
                + "; its encoder gets a new "
                + has.name());
  }
}
