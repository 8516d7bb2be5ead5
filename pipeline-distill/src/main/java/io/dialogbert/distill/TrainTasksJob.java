package io.dialogbert.distill;

import io.dialogbert.common.BadInputException;
import io.dialogbert.distill.student.Students;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.JoinedObjective;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.BertEngine;
import io.dialogbert.train.run.Selection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Trains one encoder with a head for each of several tasks, from labels and, if there are some,
 * from a teacher of each task (Clark et al. 2019, BAM). Each task then has a network of its own.
 */
public final class TrainTasksJob implements Job<TrainTasksConfig> {
  /** The mean of the tasks' main figures, by which the best step is chosen. */
  private static final String MEAN = "mean_score";

  public static void main(String[] args) {
    JobMain.run(new TrainTasksJob(), args);
  }

  @Override
  public String name() {
    return "train-tasks";
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public TrainTasksConfig configure(ConfigReader in) {
    return TrainTasksConfig.read(in);
  }

  @Override
  public Lineage lineage(TrainTasksConfig config) {
    Lineage lineage =
        Lineage.to(config.output()).dataset("checkpoint", config.checkpoint(), Tasks.encoders());
    for (int i = 0; i < config.taskData().size(); i++) {
      lineage =
          lineage.dataset(TrainTasksConfig.data(i), config.taskData().get(i), Tasks.dataMakers());
    }
    String[] teachers =
        Stream.concat(Stream.of("teach"), Stream.of(Tasks.learners())).toArray(String[]::new);
    for (int i = 0; i < config.teachers().size(); i++) {
      lineage = lineage.dataset(TrainTasksConfig.teacher(i), config.teachers().get(i), teachers);
    }
    return lineage;
  }

  /** Where the network of one task lies in the output. */
  static String directory(String task) {
    return Tasks.EACH + "/" + task;
  }

  @Override
  public void run(JobContext job, TrainTasksConfig config) throws IOException {
    Checkpoint start = Checkpoint.load(job.directories(), config.checkpoint());
    List<JointTask<?>> tasks = tasks(job, config, start);
    List<JoinedObjective<?>> objectives = new ArrayList<>();
    tasks.forEach(task -> objectives.add(task.objective()));
    EncoderConfig encoder = config.student().encoder(Graphs.encoderConfig(start.graph()));
    tasks.forEach(task -> task.requireTaughtBy(encoder));
    requireNoOtherHeads(job, start.graph(), JoinedObjective.model(encoder, objectives));
    ComputationGraph graph =
        Students.create(
            start.graph(),
            config.student(),
            sizes -> JoinedObjective.model(sizes, objectives),
            config.training().settings(),
            job.seed());
    List<JointBatches.Source> sources = new ArrayList<>();
    for (JointTask<?> task : tasks) {
      sources.add(task.source());
      job.count(task.name() + ".rows_in", sources.get(sources.size() - 1).rows());
    }
    job.count("rows_in", sources.stream().mapToLong(JointBatches.Source::rows).sum());

    TrainingLoop<PackedBatch> loop = loop(job, config, start, graph, tasks, sources);
    TrainingLoop.Trained<PackedBatch> trained = loop.train();
    loop.save(trained).forEach((name, value) -> job.figure("validation_" + name, value));
    report(job, tasks, new Checkpoint(graph, start.tokenizer(), trained.position().examplesSeen()));
  }

  private static List<JointTask<?>> tasks(JobContext job, TrainTasksConfig config, Checkpoint start)
      throws IOException {
    List<JointTask<?>> tasks = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < config.taskData().size(); i++) {
      JointTask<?> task = JointTask.of(job, config, i, start);
      if (!names.add(task.name())) {
        throw new BadInputException(
            job.inputPath(TrainTasksConfig.data(i))
                + " has the name of another task, "
                + task.name()
                + "; build it with another labeled.name");
      }
      tasks.add(task);
    }
    return tasks;
  }

  /** The network of other tasks has heads of the same names. */
  private static void requireNoOtherHeads(
      JobContext job, ComputationGraph start, ModelConfig model) {
    model
        .heads()
        .forEach(
            head ->
                Graphs.model(start)
                    .findHead(head.name())
                    .filter(had -> !had.equals(head))
                    .ifPresent(
                        had -> {
                          throw new BadInputException(
                              job.inputPath("checkpoint")
                                  + " is of other tasks: its head "
                                  + had.name()
                                  + " is of "
                                  + had.outputs()
                                  + ", not of "
                                  + head.outputs()
                                  + "; start from the network of one task below it");
                        }));
  }

  private static TrainingLoop<PackedBatch> loop(
      JobContext job,
      TrainTasksConfig config,
      Checkpoint start,
      ComputationGraph graph,
      List<JointTask<?>> tasks,
      List<JointBatches.Source> sources)
      throws IOException {
    BertEngine engine =
        new BertEngine(graph.getConfiguration().toJson(), config.training().precision());
    List<TrainingLoop.Evaluator<PackedBatch>> evaluators = new ArrayList<>();
    for (JointTask<?> task : tasks) {
      evaluators.add(task.evaluator(engine, config.training()));
    }
    List<ExampleReader.Part> parts =
        sources.stream().flatMap(source -> source.parts().stream()).toList();
    return new TrainingLoop<>(
        job,
        new JointBatches(engine, sources, config.samplingPower(), config.training().batchSize()),
        parts,
        graph,
        start.tokenizer(),
        config.training(),
        (network, numTasks) -> {
          Map<String, Double> figures = new TreeMap<>();
          double sum = 0;
          for (int i = 0; i < tasks.size(); i++) {
            JointTask<?> task = tasks.get(i);
            Map<String, Double> own = evaluators.get(i).evaluate(network, numTasks);
            own.forEach((name, value) -> figures.put(task.name() + "_" + name, value));
            sum += own.get(task.mainFigure());
          }
          figures.put(MEAN, sum / tasks.size());
          return figures;
        },
        Selection.of(MEAN),
        job.seed());
  }

  /** Writes each task's network, and compares it with the task's teacher. */
  private static void report(JobContext job, List<JointTask<?>> tasks, Checkpoint trained)
      throws IOException {
    double sum = 0;
    for (JointTask<?> task : tasks) {
      Map<String, Double> test = task.save(trained);
      test.forEach((name, value) -> job.figure("test_" + task.name() + "_" + name, value));
      Optional<Map<String, Double>> teacher = task.scoreTeacher();
      teacher.ifPresent(
          figures ->
              figures.forEach(
                  (name, value) -> job.figure("teacher_test_" + task.name() + "_" + name, value)));
      String figure = task.mainFigure();
      sum += test.get(figure);
      job.addToSummary(
          String.format(
              Locale.ROOT,
              "  %s: test %s %.1f%s, in percent; its network is in %s",
              task.name(),
              figure,
              100 * test.get(figure),
              teacher
                  .map(
                      figures ->
                          String.format(Locale.ROOT, " (teacher %.1f)", 100 * figures.get(figure)))
                  .orElse(""),
              directory(task.name())));
    }
    job.figure("test_" + MEAN, sum / tasks.size());
  }
}
