package io.dialogbert.distill.prune;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.distill.student.Importance;
import io.dialogbert.distill.student.Rebuilt;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.objective.ObjectiveConfig;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.VectorCopy;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.NetworkSource;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.Trainer;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Takes the attention heads and intermediate units that matter least out of a fine-tuned network,
 * some at a time, and trains what is left after each time. The matrices become smaller.
 */
public final class PruneJob implements Job<PruneConfig> {
  /** Examples in a batch of scoring: few, but enough to be negatives of each other. */
  private static final int SCORE_BATCH = 8;

  private static final int BLOCK = 1 << 20;

  public static void main(String[] args) {
    JobMain.run(new PruneJob(), args);
  }

  @Override
  public String name() {
    return "prune";
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public PruneConfig configure(ConfigReader in) {
    return PruneConfig.read(in);
  }

  @Override
  public Lineage lineage(PruneConfig config) {
    return Lineage.to(config.output())
        .dataset("checkpoint", config.checkpoint(), Tasks.learners())
        .dataset("task-data", config.taskData(), Tasks.dataMakers());
  }

  @Override
  public void run(JobContext job, PruneConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    Tasks.requireNoTags(job, "task-data", spec);
    TaskTraining.requireTaskOf(job, spec);
    Checkpoint whole = Checkpoint.load(job.directories(), config.checkpoint());
    run(job, config, whole, ObjectiveConfig.ofModel(spec, Graphs.model(whole.graph())));
  }

  private static <O extends Serializable> void run(
      JobContext job, PruneConfig config, Checkpoint whole, Objective<O> objective)
      throws IOException {
    EncoderConfig encoder = Graphs.encoderConfig(whole.graph());
    List<ExampleReader.Part> train = TaskTraining.parts(job, "task-data", Splits.TRAIN);
    List<ExampleReader.Part> validation = TaskTraining.parts(job, "task-data", Splits.VALIDATION);
    List<ExampleReader.Part> test = TaskTraining.parts(job, "task-data", Splits.TEST);
    TaskTraining<O> training = new TaskTraining<>(job, objective);
    ComputationGraph graph = whole.graph();
    for (int i = 1; i <= config.iterations(); i++) {
      PruneConfig.Sizes sizes = config.after(i, encoder);
      Importance scores = score(job, config, graph, objective, train);
      graph =
          Rebuilt.withUnits(
              graph,
              Importance.best(scores.heads(), sizes.heads()),
              Importance.best(scores.units(), sizes.units()),
              config.training().settings(),
              job.seed());
      TrainingLoop<PackedBatch> loop =
          training.loop(
              graph,
              whole.tokenizer(),
              config.training().withStatesIn("iteration-" + i),
              train,
              validation,
              job.seed());
      TrainingLoop.Trained<PackedBatch> trained = loop.train();
      job.figure("iteration." + i, trained.saved().values().get(objective.selection().figure()));
      if (i == config.iterations()) {
        loop.save(trained).forEach((name, value) -> job.figure("validation_" + name, value));
      } else {
        load(trained.network(), graph);
      }
    }
    Tasks.save(job, objective.spec());
    job.count("parameters_before", whole.graph().numParams());
    job.count("parameters", graph.numParams());
    Map<String, Double> before =
        training.score(job.inputPath("checkpoint"), Precision.AUTO, test, Integer.MAX_VALUE);
    Map<String, Double> after =
        training.score(job.output().toString(), Precision.AUTO, test, Integer.MAX_VALUE);
    before.forEach((name, value) -> job.figure("test_" + name + "_before", value));
    after.forEach((name, value) -> job.figure("test_" + name, value));
    String figure = objective.selection().figure();
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  %,d of %,d parameters; test %s %.4f (before %.4f)",
            graph.numParams(),
            whole.graph().numParams(),
            figure,
            after.get(figure),
            before.get(figure)));
  }

  private static Importance score(
      JobContext job,
      PruneConfig config,
      ComputationGraph graph,
      Objective<?> objective,
      List<ExampleReader.Part> train)
      throws IOException {
    // If a batch is split across threads, the last bits of a score depend on the machine.
    Threads.use(1);
    ExampleReader<TaskExample> reader = TaskTraining.reader(job, train);
    Importance scores =
        new Importance(Graphs.model(graph), graph.params().reshape(graph.numParams()));
    long count = Math.min(config.scoreExamples(), reader.size());
    for (long from = 0; from < count; from += SCORE_BATCH) {
      List<TaskExample> examples = reader.read(from, (int) Math.min(SCORE_BATCH, count - from));
      scores.add(objective.batch(examples, i -> 0));
    }
    return scores;
  }

  private static void load(NetworkSource<PackedBatch> trained, ComputationGraph graph)
      throws IOException {
    try (Trainer<PackedBatch> network = trained.open(1)) {
      VectorCopy from = network.params();
      VectorCopy to = new VectorCopy(graph.params());
      float[] block = new float[(int) Math.min(BLOCK, to.length())];
      for (long done = 0; done < to.length(); done += block.length) {
        int count = (int) Math.min(block.length, to.length() - done);
        from.read(done, block, count);
        to.write(done, block, count);
      }
    }
  }
}
