package io.dialogbert.distill;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.distill.SoftLabelRows.SourceRow;
import io.dialogbert.distill.student.StudentConfig;
import io.dialogbert.distill.student.Students;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.inference.SharedModel;
import io.dialogbert.finetune.objective.ClassObjective;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import io.dialogbert.train.TaskGpu;
import io.dialogbert.train.TrainingConfig;
import io.dialogbert.train.TrainingLoop;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** What the students of one teacher have in common: the task, its examples, and how they learn. */
public final class Distillation {
  private static final String SOFT_LABELS = "taught";
  private static final int LATENCY_WARMUP = 20;
  private static final int LATENCY_RUNS = 100;

  private final JobContext job;
  private final DistillConfig config;
  private final Checkpoint teacher;
  private final ClassObjective objective;
  private final TaskTraining<ClassObjective.Prediction> training;
  private final List<ExampleReader.Part> validation;
  private final List<ExampleReader.Part> test;
  private List<ExampleReader.Part> train = List.of();

  private Distillation(
      JobContext job, DistillConfig config, Checkpoint teacher, ClassObjective objective) {
    this.job = job;
    this.config = config;
    this.teacher = teacher;
    this.objective = objective;
    this.training = new TaskTraining<>(job, objective);
    this.validation = TaskTraining.parts(job, "task-data", Splits.VALIDATION);
    this.test = TaskTraining.parts(job, "task-data", Splits.TEST);
  }

  /**
   * Reads the teacher and the task.
   *
   * @throws BadInputException if they do not belong together
   */
  public static Distillation of(JobContext job, DistillConfig config) throws IOException {
    Checkpoint teacher = Checkpoint.load(job.directories(), config.teacher());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), teacher.tokenizer());
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    requireSame(job, Tasks.classSet(spec), teacher.graph());
    return new Distillation(
        job,
        config,
        teacher,
        new ClassObjective(
            spec,
            config.loss().hardWeight(),
            config.loss().softWeight(),
            config.loss().temperature(),
            List.of()));
  }

  public ComputationGraph teacher() {
    return teacher.graph();
  }

  /** The figure that tells the better of two networks. */
  public String figure() {
    return objective.selection().figure();
  }

  /** A student before training. */
  public ComputationGraph student(StudentConfig shape) {
    return Students.create(
        teacher.graph(), shape, objective::model, config.training().settings(), job.seed());
  }

  /** Runs the teacher over the training examples; must come before {@link #loop}. */
  public void teach() throws IOException {
    train = predictSoftLabels(job, config, objective.spec());
    job.count("rows_in", train.stream().mapToLong(ExampleReader.Part::rows).sum());
  }

  /** The loop that trains a student in place. */
  public TrainingLoop<TaskExample, PackedBatch> loop(
      ComputationGraph student, TrainingConfig settings) throws IOException {
    return training.loop(student, teacher.tokenizer(), settings, train, validation, job.seed());
  }

  /** The teacher's figures on the validation split. */
  public Map<String, Double> validateTeacher() throws IOException {
    return training.score(config.teacher(), validation, Integer.MAX_VALUE);
  }

  /** Writes the task beside the student that the job has saved, and compares it to the teacher. */
  public void finish(ComputationGraph student) throws IOException {
    Tasks.save(job, objective.spec());
    job.count("teacher_parameters", teacher.graph().numParams());
    job.count("student_parameters", student.numParams());
    compare("teacher", config.teacher(), teacher.graph());
    compare("student", job.output().toString(), student);
  }

  private static void requireSame(JobContext job, ClassSet classes, ComputationGraph teacher) {
    ClassSet known =
        Graphs.model(teacher)
            .findHead(Head.CLASSIFIER)
            .map(Head::outputs)
            .orElseThrow(
                () -> new BadInputException(job.inputPath("teacher") + " has no classifier"));
    if (!classes.isSame(known)) {
      throw new BadInputException(
          "teacher and task data must have the same classes: "
              + job.inputPath("teacher")
              + " was fine-tuned on "
              + known
              + ", "
              + job.inputPath("task-data")
              + " has "
              + classes
              + "; give the task data of the teacher, or fine-tune the teacher on this one");
    }
  }

  /**
   * Writes the training examples with the teacher's logits, so that the teacher runs once per
   * example. One task processes one file of the task data. The student's examples are ordered by
   * file names and rows. So their order depends only on the task data and the seed.
   */
  private static List<ExampleReader.Part> predictSoftLabels(
      JobContext job, DistillConfig config, TaskSpec spec) throws IOException {
    List<ExampleReader.Part> parts = TaskTraining.parts(job, "task-data", Splits.TRAIN);
    long seed = job.seed();
    Broadcast<SharedModel> teacher =
        job.sparkContext().broadcast(new SharedModel(config.teacher()));
    JavaRDD<Row> rows =
        job.sparkContext()
            .parallelize(parts, parts.size())
            .flatMap(
                part -> {
                  TaskGpu.use();
                  // If a batch is split across threads, the last bits of a logit depend on the
                  // machine.
                  Threads.use(1);
                  ExampleReader<SourceRow> reader =
                      new ExampleReader<>(
                          SparkHadoopUtil.get().conf(), List.of(part), SourceRow::decode, seed);
                  InferenceModel own = teacher.value().newSession();
                  return new SoftLabelRows(
                      reader::read,
                      reader.size(),
                      examples -> own.predict(Tasks.pack(spec, examples), Head.CLASSIFIER));
                });
    job.write(job.spark().createDataFrame(rows, TaskRows.SCHEMA), SOFT_LABELS);
    teacher.destroy();
    Path directory = job.outputPath(SOFT_LABELS);
    return job.describe(directory).stream()
        .map(file -> ExampleReader.Part.of(directory, file))
        .toList();
  }

  private void compare(String who, String checkpoint, ComputationGraph graph) throws IOException {
    double accuracy = training.score(checkpoint, test, Integer.MAX_VALUE).get("accuracy");
    double milliseconds = latency(graph);
    job.figure(who + "_test_accuracy", accuracy);
    job.figure(who + "_latency_ms", milliseconds);
    job.addToSummary(
        String.format(
            Locale.ROOT,
            "  %s: %,d parameters, accuracy %.1f %%, %.2f ms a sentence",
            who,
            graph.numParams(),
            100 * accuracy,
            milliseconds));
  }

  /** Median milliseconds to classify one context of the test split, on all cores. */
  public double latency(ComputationGraph graph) throws IOException {
    ExampleReader<TaskExample> examples = TaskTraining.reader(job, test);
    Threads.use(Runtime.getRuntime().availableProcessors());
    InferenceModel model = InferenceModel.of(graph);
    double[] millis = new double[LATENCY_RUNS];
    for (int i = -LATENCY_WARMUP; i < LATENCY_RUNS; i++) {
      List<TaskExample> one = examples.read(Math.floorMod(i, examples.size()), 1);
      long start = System.nanoTime();
      model.predict(Tasks.pack(objective.spec(), one), Head.CLASSIFIER);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) * 1e-6;
      }
    }
    Arrays.sort(millis);
    return millis[LATENCY_RUNS / 2];
  }
}
