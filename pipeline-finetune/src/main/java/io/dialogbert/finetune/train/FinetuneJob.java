package io.dialogbert.finetune.train;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import io.dialogbert.common.BadConfigException;
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
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.RnnConfig;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.engine.BertEngine;
import io.dialogbert.train.engine.RnnEngine;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a pretrained encoder on a task, or an RNN to compare it with. */
public final class FinetuneJob implements Job<FinetuneConfig> {
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
    Lineage lineage = Lineage.to(config.output());
    return config
        .rnn()
        .map(rnn -> lineage.dataset("tokenizer", rnn.tokenizer()))
        .orElseGet(() -> lineage.dataset("checkpoint", config.checkpoint(), Tasks.encoders()))
        .dataset("task-data", config.taskData(), Tasks.dataMakers());
  }

  @Override
  public void run(JobContext job, FinetuneConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    Objective<?> objective =
        config.objective().of(spec, () -> TaskBaselines.labels(job, "task-data", Splits.TRAIN));
    if (config.symmetricPairs() && (!spec.kind().isPair() || spec.kind().hasContext())) {
      throw new BadConfigException(
          "finetune.symmetric-pairs is for pairs of texts; "
              + job.inputPath("task-data")
              + " holds none");
    }
    noteNegatives(job, objective);
    noteCost(job, objective, config.training().evaluationExamples());
    if (config.rnn().isPresent()) {
      trainRnn(job, config, config.rnn().get(), objective);
    } else {
      trainEncoder(job, config, objective);
    }
  }

  private static <O extends Serializable> void trainRnn(
      JobContext job, FinetuneConfig config, FinetuneConfig.Rnn sizes, Objective<O> objective)
      throws IOException {
    if (objective.spec().kind() == TaskSpec.Kind.TAGS) {
      throw new BadConfigException(
          "finetune.rnn reads whole texts and cannot tag; set finetune.checkpoint for "
              + job.inputPath("task-data"));
    }
    SerializedTokenizer tokenizer = Tokenizers.load(job.directories(), sizes.tokenizer());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), tokenizer);
    RnnConfig rnn = sizes.config(tokenizer.tokenizer().vocabulary().size());
    config.objective().requireWidthsBelow(rnn.vectorSize());
    ModelConfig model = objective.model(rnn.asHeadsSeeIt());
    Head head = model.heads().get(0);
    boolean isVector = head.projection() == Head.Projection.NONE;
    boolean readsPairs = objective.spec().kind().isPair() && !isVector;
    new SeedRuns<>(
            job,
            objective,
            tokenizer,
            config.symmetricPairs(),
            (training, seed) ->
                rnn.create(
                    isVector ? 0 : head.outputs().size(), readsPairs, training.settings(), seed),
            graph ->
                new RnnEngine(graph.getConfiguration().toJson(), model.losses().get(0), readsPairs))
        .run(config.numSeeds(), config::training);
  }

  private static <O extends Serializable> void trainEncoder(
      JobContext job, FinetuneConfig config, Objective<O> objective) throws IOException {
    Checkpoint pretrained = Checkpoint.load(job.directories(), config.checkpoint());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), pretrained.tokenizer());
    TaskTraining.requirePositions(
        job, "task-data", objective.spec(), Graphs.encoderConfig(pretrained.graph()));
    config.objective().requireWidthsBelow(Graphs.encoderConfig(pretrained.graph()).hiddenSize());
    noteHead(job, objective.model(Graphs.encoderConfig(pretrained.graph())), pretrained.graph());
    new SeedRuns<>(
            job,
            objective,
            pretrained.tokenizer(),
            config.symmetricPairs(),
            (settings, seed) ->
                start(
                    pretrained.graph(),
                    objective,
                    settings.settings().withLayerDecay(config.layerDecay()),
                    seed),
            graph ->
                new BertEngine(graph.getConfiguration().toJson(), config.training().precision()))
        .run(config.numSeeds(), config::training);
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
    TaskSpec.Kind kind = objective.spec().kind();
    if (kind != TaskSpec.Kind.REPLIES && kind != TaskSpec.Kind.PARAPHRASES) {
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
