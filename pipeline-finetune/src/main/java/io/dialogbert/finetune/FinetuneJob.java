package io.dialogbert.finetune;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.model.ClassificationModel;
import io.dialogbert.model.ClassificationScore;
import io.dialogbert.model.Graphs;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
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
  public boolean tellsProgress() {
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
    int numClasses = Math.toIntExact(job.input("task-data").counts().get("num_classes"));
    ComputationGraph graph =
        ClassificationModel.create(
            Graphs.encoderConfig(pretrained.graph()),
            numClasses,
            config.training().settings(),
            job.seed());
    Graphs.copyParameters(pretrained.graph(), graph);
    List<ExampleReader.Part> train = ClassifierTraining.parts(job, "task-data", Splits.TRAIN);
    List<ExampleReader.Part> validation =
        ClassifierTraining.heldOut(job, "task-data", Splits.VALIDATION);
    ExampleReader<TaskExample> test =
        ClassifierTraining.reader(job, ClassifierTraining.heldOut(job, "task-data", Splits.TEST));
    ClassificationScore before = ClassifierTraining.score(graph, test);

    new ClassifierTraining(job, config.training())
        .train(graph, pretrained.tokenizer(), train, validation);
    ClassificationScore after = ClassifierTraining.score(graph, test);
    double mostFrequent =
        ClassifierTraining.mostFrequentClassAccuracy(test, ClassifierTraining.reader(job, train));
    job.count("rows_in", train.stream().mapToLong(ExampleReader.Part::rows).sum());
    job.count("num_classes", numClasses);
    job.count("test_examples", test.size());
    job.figure("test_accuracy_before", before.accuracy());
    job.figure("test_accuracy", after.accuracy());
    job.figure("test_loss", after.hardLoss());
    job.figure("baseline_most_frequent_class_accuracy", mostFrequent);
    job.say(
        String.format(
            Locale.ROOT,
            "  reactions: accuracy %.1f %% over %d classes (most frequent class %.1f %%, before training %.1f %%)",
            100 * after.accuracy(),
            numClasses,
            100 * mostFrequent,
            100 * before.accuracy()));
  }
}
