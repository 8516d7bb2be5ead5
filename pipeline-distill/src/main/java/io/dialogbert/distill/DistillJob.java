package io.dialogbert.distill;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.distill.SoftLabelRows.SourceRow;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.inference.SharedModel;
import io.dialogbert.finetune.objective.ClassObjective;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.ParameterLayout;
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
import io.dialogbert.train.TrainingLoop;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a student with fewer layers on labels and on the logits of a fine-tuned teacher. */
public final class DistillJob implements Job<DistillConfig> {
  private static final String SOFT_LABELS = "taught";
  private static final int LATENCY_WARMUP = 20;
  private static final int LATENCY_RUNS = 100;

  public static void main(String[] args) {
    JobMain.run(new DistillJob(), args);
  }

  @Override
  public String name() {
    return "distill";
  }

  @Override
  public boolean reportsProgress() {
    return true;
  }

  @Override
  public DistillConfig configure(ConfigReader in) {
    return DistillConfig.read(in);
  }

  @Override
  public Lineage lineage(DistillConfig config) {
    return Lineage.to(config.output())
        .dataset("teacher", config.teacher(), "finetune", "distill")
        .dataset("task-data", config.taskData(), "build-task-data");
  }

  @Override
  public void run(JobContext job, DistillConfig config) throws IOException {
    Checkpoint teacher = Checkpoint.load(job.directories(), config.teacher());
    Tokenizers.requireIdsOf(job.directories(), job.inputPath("task-data"), teacher.tokenizer());
    EncoderConfig teacherEncoder = Graphs.encoderConfig(teacher.graph());
    if (config.numHiddenLayers() > teacherEncoder.numHiddenLayers()) {
      throw new BadConfigException(
          "distill.num-hidden-layers = "
              + config.numHiddenLayers()
              + " must be at most the teacher's "
              + teacherEncoder.numHiddenLayers());
    }
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    requireSame(job, Tasks.classSet(spec), teacher.graph());
    ClassObjective objective =
        new ClassObjective(
            spec,
            config.loss().hardWeight(),
            config.loss().softWeight(),
            config.loss().temperature(),
            List.of());
    ComputationGraph student =
        Graphs.create(
            objective.model(teacherEncoder.withNumHiddenLayers(config.numHiddenLayers())),
            config.training().settings(),
            job.seed());
    Graphs.copyParameters(
        teacher.graph(),
        student,
        ParameterLayout.fromTeacherLayers(
            teacherLayers(teacherEncoder.numHiddenLayers(), config.numHiddenLayers())));
    List<ExampleReader.Part> validation = TaskTraining.parts(job, "task-data", Splits.VALIDATION);
    List<ExampleReader.Part> test = TaskTraining.parts(job, "task-data", Splits.TEST);
    List<ExampleReader.Part> train = predictSoftLabels(job, config, spec);

    TaskTraining<ClassObjective.Prediction> training = new TaskTraining<>(job, objective);
    TrainingLoop<TaskExample, PackedBatch> loop =
        training.loop(
            student, teacher.tokenizer(), config.training(), train, validation, job.seed());
    loop.save(loop.train()).forEach((name, value) -> job.figure("validation_" + name, value));
    Tasks.save(job, spec);
    job.count("rows_in", train.stream().mapToLong(ExampleReader.Part::rows).sum());
    job.count("teacher_parameters", teacher.graph().numParams());
    job.count("student_parameters", student.numParams());
    compare(job, "teacher", config.teacher(), teacher.graph(), training, test);
    compare(job, "student", job.output().toString(), student, training, test);
  }

  /**
   * The teacher's layers that initialize the student: evenly spaced, always including the last.
   *
   * @return for each layer of the student, the index of the teacher's layer, from 0
   */
  static List<Integer> teacherLayers(int teacherLayers, int studentLayers) {
    return IntStream.rangeClosed(1, studentLayers)
        .map(layer -> layer * teacherLayers / studentLayers - 1)
        .boxed()
        .toList();
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

  private static void compare(
      JobContext job,
      String who,
      String checkpoint,
      ComputationGraph graph,
      TaskTraining<ClassObjective.Prediction> training,
      List<ExampleReader.Part> parts)
      throws IOException {
    double accuracy = training.score(checkpoint, parts, Integer.MAX_VALUE).get("accuracy");
    ExampleReader<TaskExample> test = TaskTraining.reader(job, parts);
    Threads.use(Runtime.getRuntime().availableProcessors());
    double milliseconds = latency(InferenceModel.of(graph), training.spec(), test);
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

  /** Median milliseconds to classify one context. */
  private static double latency(
      InferenceModel model, TaskSpec spec, ExampleReader<TaskExample> test) throws IOException {
    double[] millis = new double[LATENCY_RUNS];
    for (int i = -LATENCY_WARMUP; i < LATENCY_RUNS; i++) {
      List<TaskExample> one = test.read(Math.floorMod(i, test.size()), 1);
      long start = System.nanoTime();
      model.predict(Tasks.pack(spec, one), Head.CLASSIFIER);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) * 1e-6;
      }
    }
    Arrays.sort(millis);
    return millis[LATENCY_RUNS / 2];
  }
}
