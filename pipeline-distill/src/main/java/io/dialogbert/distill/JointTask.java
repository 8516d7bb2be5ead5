package io.dialogbert.distill;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.distill.teacher.Question;
import io.dialogbert.distill.teacher.Teachers;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.JoinedObjective;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import io.dialogbert.train.engine.BertEngine;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * One of the tasks that a network learns together.
 *
 * @param <O> what is observed of an example
 */
final class JointTask<O extends Serializable> {
  private final JobContext job;
  private final TrainTasksConfig config;
  private final int number;
  private final Objective<O> task;
  private final Optional<Question> question;
  private final JoinedObjective<O> joined;
  private final TaskTraining<O> training;

  private JointTask(
      JobContext job,
      TrainTasksConfig config,
      int number,
      Objective<O> task,
      Optional<Question> question) {
    this.job = job;
    this.config = config;
    this.number = number;
    this.task = task;
    this.question = question;
    this.joined =
        new JoinedObjective<>(
            question
                .<Objective<O>>map(
                    asked -> new TaughtObjective<>(task, asked.head(), config.loss(), false))
                .orElse(task),
            number);
    this.training = new TaskTraining<>(job, joined);
  }

  /**
   * Reads a task.
   *
   * @param number of the task, from 0
   * @param start the network that the encoder is made from
   * @throws BadInputException if task data, network and teacher do not belong together
   */
  static JointTask<?> of(JobContext job, TrainTasksConfig config, int number, Checkpoint start)
      throws IOException {
    String data = TrainTasksConfig.data(number);
    TaskSpec spec = Tasks.load(job, job.inputPath(data));
    Tasks.requireNoTags(job, data, spec);
    if (!spec.name().matches("[\\p{L}\\p{N}][\\p{L}\\p{N}_-]*")) {
      throw new BadInputException(
          job.inputPath(data)
              + " has the name "
              + spec.name()
              + "; a task among several is named by letters, digits, _ and - alone");
    }
    Tokenizers.requireIdsOf(job.directories(), job.inputPath(data), start.tokenizer());
    TaskTraining.requirePositions(job, data, spec, Graphs.encoderConfig(start.graph()));
    Objective<?> task = config.objective().amongOthers(spec);
    return of(job, config, number, task);
  }

  private static <O extends Serializable> JointTask<O> of(
      JobContext job, TrainTasksConfig config, int number, Objective<O> task) throws IOException {
    if (!config.loss().asksTeachers()) {
      return new JointTask<>(job, config, number, task, Optional.empty());
    }
    String teacher = TrainTasksConfig.teacher(number);
    Question question = Teachers.question(job, teacher, TrainTasksConfig.data(number), task.spec());
    return new JointTask<>(job, config, number, task, Optional.of(question));
  }

  String name() {
    return task.spec().name();
  }

  JoinedObjective<?> objective() {
    return joined;
  }

  /**
   * Checks that the teacher says what the task's head is to say.
   *
   * @throws BadConfigException if not; names both
   */
  void requireTaughtBy(EncoderConfig encoder) {
    ModelConfig model = task.model(encoder);
    String head = model.heads().get(0).name();
    int outputs = model.heads().get(0).numOutputs(encoder);
    question
        .filter(asked -> !asked.head().equals(head) || asked.numOutputs() != outputs)
        .ifPresent(
            asked -> {
              throw new BadConfigException(
                  "task %s is learned by a head %s of %d outputs, its teacher %s answers by %s, %d"
                          .formatted(
                              name(),
                              head,
                              outputs,
                              job.inputPath(TrainTasksConfig.teacher(number)),
                              asked.head(),
                              asked.numOutputs())
                      + "; change train-tasks.method or the student's hidden size");
            });
  }

  /** The training examples, answered by the teacher if there is one. */
  JointBatches.Source source() throws IOException {
    List<ExampleReader.Part> parts = parts(Splits.TRAIN);
    if (question.isPresent()) {
      parts =
          new Teachers(
                  job,
                  "checkpoint",
                  List.of(TrainTasksConfig.teacher(number)),
                  question.get(),
                  parts)
              .teach(config.loss().temperature(), "taught-" + (number + 1));
    }
    return new JointBatches.Source(joined, parts);
  }

  private List<ExampleReader.Part> parts(String split) {
    return TaskTraining.parts(job, TrainTasksConfig.data(number), split);
  }

  /** Scores the network of all tasks on the validation split. */
  TrainingLoop.Evaluator<PackedBatch> evaluator(BertEngine engine, TrainingConfig settings)
      throws IOException {
    return training.evaluator(engine, parts(Splits.VALIDATION), settings.evaluationExamples());
  }

  /** The figure that tells the better of two networks. */
  String mainFigure() {
    return task.selection().figure();
  }

  /**
   * Writes the network of this task alone, so that every job that reads a network of a task can
   * read it.
   *
   * @param all the trained network of all tasks
   * @return its figures on the test split
   */
  Map<String, Double> save(Checkpoint all) throws IOException {
    Path directory = job.outputPath(TrainTasksJob.directory(name()));
    ComputationGraph alone =
        Graphs.create(
            task.model(Graphs.encoderConfig(all.graph())),
            config.training().settings(),
            job.seed());
    ModelConfig model = Graphs.model(alone);
    Graphs.copyParameters(
        all.graph(), alone, name -> model.isOfHead(name) ? joined.joined(name) : name);
    new Checkpoint(alone, all.tokenizer(), all.examplesSeen()).save(job.directories(), directory);
    job.directories().writeString(new Path(directory, TaskSpec.FILE_NAME), task.spec().toJson());
    Map<String, Double> test = score(directory.toString());
    SortedMap<String, Double> figures = new TreeMap<>();
    test.forEach((figure, value) -> figures.put("test_" + figure, value));
    SortedMap<String, Long> counts = new TreeMap<>(Map.of("num_parameters", alone.numParams()));
    Manifest manifest = job.plan().with(counts, figures, job.describe(directory), new TreeMap<>());
    job.directories().writeString(new Path(directory, Manifest.FILE_NAME), manifest.toJson());
    return test;
  }

  /** Figures of a network of this task alone on the test split. */
  private Map<String, Double> score(String checkpoint) throws IOException {
    return new TaskTraining<>(job, task)
        .score(
            checkpoint,
            config.training().precision(),
            parts(Splits.TEST),
            task.observedTogether() == 1
                ? Integer.MAX_VALUE
                : config.training().evaluationExamples());
  }

  /** The teacher's figures on the test split, if it is a network. */
  Optional<Map<String, Double>> scoreTeacher() throws IOException {
    String teacher = TrainTasksConfig.teacher(number);
    return question.isPresent() && !Teachers.isKept(job, teacher)
        ? Optional.of(score(job.inputPath(teacher)))
        : Optional.empty();
  }
}
