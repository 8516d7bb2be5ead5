package io.dialogbert.finetune;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.head.Losses;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Fine-tunes a pretrained encoder to classify contexts. */
public final class FinetuneJob implements Job<FinetuneConfig> {
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
        .dataset("checkpoint", config.checkpoint(), "pretrain", "finetune", "distill")
        .dataset("task-data", config.taskData(), "build-task-data");
  }

  @Override
  public void run(JobContext job, FinetuneConfig config) throws IOException {
    Checkpoint pretrained = Checkpoint.load(job.directories(), config.checkpoint());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), pretrained.tokenizer());
    ClassSet classes = TaskClasses.of(job, "task-data");
    ComputationGraph graph =
        Graphs.create(
            ClassificationTask.model(Graphs.encoderConfig(pretrained.graph()), classes),
            config.training().settings(),
            job.seed());
    copy(job, pretrained.graph(), graph);
    List<ExampleReader.Part> train = ClassifierTraining.parts(job, "task-data", Splits.TRAIN);
    List<ExampleReader.Part> validation =
        ClassifierTraining.parts(job, "task-data", Splits.VALIDATION);
    List<ExampleReader.Part> test = ClassifierTraining.parts(job, "task-data", Splits.TEST);
    Losses before = scoreBefore(job, new Checkpoint(graph, pretrained.tokenizer(), 0), test);

    new ClassifierTraining(job, config.training())
        .train(graph, pretrained.tokenizer(), train, validation);
    Losses after = ClassifierTraining.score(job, job.output().toString(), test);
    double mostFrequent = ClassifierTraining.mostFrequentClassAccuracy(job, "task-data");
    job.count("rows_in", train.stream().mapToLong(ExampleReader.Part::rows).sum());
    job.count("num_classes", classes.size());
    job.count("test_examples", after.sequences());
    job.figure("test_accuracy_before", before.mean("accuracy"));
    job.figure("test_accuracy", after.mean("accuracy"));
    job.figure("test_loss", after.mean("loss"));
    job.figure("baseline_most_frequent_class_accuracy", mostFrequent);
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  reactions: accuracy %.1f %% over %d classes (most frequent class %.1f %%, before"
                + " training %.1f %%)",
            100 * after.mean("accuracy"),
            classes.size(),
            100 * mostFrequent,
            100 * before.mean("accuracy")));
  }

  /**
   * Copies the encoder, and the classifier if it has the same classes. Notes what becomes of an
   * existing classifier.
   */
  private static void copy(JobContext job, ComputationGraph from, ComputationGraph to) {
    Optional<ClassSet> had = Graphs.model(from).findHead(Head.CLASSIFIER).map(Head::outputs);
    ClassSet has = Graphs.model(to).head(Head.CLASSIFIER).outputs();
    if (had.isEmpty()) {
      Graphs.copyParameters(from, to);
    } else if (has.isSame(had.get())) {
      Graphs.copyParameters(from, to);
      job.warn(
          job.inputPath("checkpoint")
              + " has a classifier for the same classes, "
              + has
              + "; it is trained further");
    } else {
      Graphs.copyEncoder(from, to);
      job.warn(
          job.inputPath("checkpoint")
              + " has a classifier for other classes, "
              + had.get()
              + ", than "
              + job.inputPath("task-data")
              + ", "
              + has
              + "; its encoder gets a new classifier");
    }
  }

  /** Scores an untrained classifier through a temporary directory. */
  private static Losses scoreBefore(JobContext job, Checkpoint start, List<ExampleReader.Part> test)
      throws IOException {
    Path directory = job.outputPath("_before");
    start.save(job.directories(), directory);
    Losses score = ClassifierTraining.score(job, directory.toString(), test);
    job.directories().fileSystem(directory).delete(directory, true);
    return score;
  }
}
