package io.dialogbert.distill;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.distill.student.Students;
import io.dialogbert.distill.teacher.Question;
import io.dialogbert.distill.teacher.TaughtStates;
import io.dialogbert.distill.teacher.Teachers;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.objective.Objective;
import io.dialogbert.finetune.objective.ObjectiveConfig;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * What the students of one teacher have in common: the task, its examples, and how they learn.
 *
 * @param <O> what is observed of an example
 */
public final class Distillation<O extends Serializable> {
  private static final String TAUGHT = "taught";

  private final JobContext job;
  private final DistillConfig config;
  private final Question question;
  private final Checkpoint teacher;
  private final TaughtObjective<O> objective;
  private final Optional<StatesObjective<O>> states;
  private final TaskTraining<O> training;
  private final Comparison<O> comparison;
  private final List<ExampleReader.Part> validation;
  private List<ExampleReader.Part> train;

  private Distillation(
      JobContext job,
      DistillConfig config,
      Question question,
      Checkpoint teacher,
      Objective<O> task) {
    this.job = job;
    this.config = config;
    this.question = question;
    this.teacher = teacher;
    this.objective =
        new TaughtObjective<>(task, question.head(), config.loss(), config.translations());
    this.states = config.states().isUsed() ? Optional.of(states()) : Optional.empty();
    this.training = new TaskTraining<>(job, learned());
    this.train = TaskTraining.parts(job, "task-data", Splits.TRAIN);
    this.validation = TaskTraining.parts(job, "task-data", Splits.VALIDATION);
    this.comparison =
        new Comparison<>(
            job, objective, question, TaskTraining.parts(job, "task-data", Splits.TEST));
  }

  /**
   * Reads the teacher and the task.
   *
   * @throws BadInputException if they do not belong together
   */
  public static Distillation<?> of(JobContext job, DistillConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    Tasks.requireNoTags(job, "task-data", spec);
    Question question = Question.of(job, "teacher", "task-data", spec);
    if (config.translations() && !question.head().equals(SentenceVectorObjective.HEAD)) {
      throw new BadConfigException(
          "translations must be false where no sentence vectors are learned");
    }
    Checkpoint teacher = Checkpoint.load(job.directories(), config.teacher());
    return new Distillation<>(
        job,
        config,
        question,
        teacher,
        ObjectiveConfig.ofModel(spec, Graphs.model(teacher.graph())));
  }

  private StatesObjective<O> states() {
    EncoderConfig encoder = Graphs.encoderConfig(teacher.graph());
    List<StatesConfig.Lesson> lessons =
        config.states().lessons(config.student().encoder(encoder), encoder);
    return new StatesObjective<>(
        objective,
        lessons.stream().map(StatesConfig.Lesson::student).toList(),
        lessons.stream().map(StatesConfig.Lesson::loss).toList(),
        job.sparkContext()
            .broadcast(
                new TaughtStates(
                    config.teacher(),
                    lessons.stream().map(StatesConfig.Lesson::teacher).toList())));
  }

  /** The task as students learn it. */
  private Objective<O> learned() {
    return states.<Objective<O>>map(all -> all).orElse(objective);
  }

  public ComputationGraph teacher() {
    return teacher.graph();
  }

  /** The figure that tells the better of two networks. */
  public String figure() {
    return objective.selection().figure();
  }

  /**
   * A student before training.
   *
   * @throws BadConfigException if it cannot start from the teacher as asked, or its vectors are not
   *     as wide as those that it is to learn
   */
  public ComputationGraph student(StudentConfig shape) {
    ComputationGraph student =
        Students.create(
            teacher.graph(), shape, learned()::model, config.training().settings(), job.seed());
    int outputs =
        Graphs.model(student).head(question.head()).numOutputs(Graphs.encoderConfig(student));
    if (config.loss().asksTeachers() && outputs != question.numOutputs()) {
      throw new BadConfigException(
          ("the student's vectors have %d elements, the teacher's %d; squared error needs as many:"
                  + " leave the hidden size, or set soft-weight = 0")
              .formatted(outputs, question.numOutputs()));
    }
    return student;
  }

  /** Asks the teachers about the training examples; must come before {@link #loop}. */
  public void teach() throws IOException {
    if (config.loss().asksTeachers()) {
      List<String> names = Teachers.names(config.teachers());
      Teachers teachers =
          new Teachers(
              job, "teacher", names.isEmpty() ? List.of("teacher") : names, question, train);
      teachers.requireOwn();
      train = teachers.teach(config.loss().temperature(), TAUGHT);
    }
    job.count("rows_in", train.stream().mapToLong(ExampleReader.Part::rows).sum());
  }

  /** The loop that trains a student in place. */
  public TrainingLoop<PackedBatch> loop(ComputationGraph student, TrainingConfig settings)
      throws IOException {
    return training.loop(student, teacher.tokenizer(), settings, train, validation, job.seed());
  }

  /** The teacher's figures on the validation split. */
  public Map<String, Double> validateTeacher() throws IOException {
    return training.score(config.teacher(), Precision.AUTO, validation, Integer.MAX_VALUE);
  }

  /** Writes the task beside the student that the job has saved, and compares it to the teacher. */
  public void finish(ComputationGraph student) throws IOException {
    Tasks.save(job, question.spec());
    ComputationGraph saved = states.isPresent() ? withoutStates(student) : student;
    comparison.report(config.teacher(), teacher.graph(), job.output().toString(), saved);
  }

  /** Saves the student again, without the heads that learned states: only training needs them. */
  private ComputationGraph withoutStates(ComputationGraph student) throws IOException {
    states.orElseThrow().teacher().destroy();
    ComputationGraph alone =
        Students.without(
            student,
            objective.model(Graphs.encoderConfig(student)),
            config.training().settings(),
            job.seed());
    new Checkpoint(alone, teacher.tokenizer(), job.count("examples_seen"))
        .saveNetwork(job.directories(), job.output());
    job.count("num_parameters", alone.numParams());
    return alone;
  }

  /** Median milliseconds for one example of the test split, on all cores. */
  public double latency(ComputationGraph graph) throws IOException {
    return comparison.latency(graph);
  }
}
