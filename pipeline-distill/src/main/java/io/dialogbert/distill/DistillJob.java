package io.dialogbert.distill;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.ClassificationTask;
import io.dialogbert.finetune.ClassifierTraining;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.model.ClassificationModel;
import io.dialogbert.model.ClassificationScore;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.Graphs;
import io.dialogbert.model.InferenceModel;
import io.dialogbert.model.ParameterLayout;
import io.dialogbert.model.Threads;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.task.TaskExample;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a student with fewer layers on labels and on what a fine-tuned teacher says. */
public final class DistillJob implements Job<DistillConfig> {
  private static final int BATCH = 64;
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
  public boolean tellsProgress() {
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
    int numClasses = Math.toIntExact(job.input("task-data").counts().get("num_classes"));
    ComputationGraph student =
        ClassificationModel.create(
            teacherEncoder.withNumHiddenLayers(config.numHiddenLayers()),
            numClasses,
            config.loss(),
            config.training().settings(),
            job.seed());
    Graphs.copyParameters(
        teacher.graph(),
        student,
        ParameterLayout.fromTeacherLayers(
            teacherLayers(teacherEncoder.numHiddenLayers(), config.numHiddenLayers())));
    List<ExampleReader.Part> taught = teach(job, teacher.graph());
    List<ExampleReader.Part> validation =
        ClassifierTraining.heldOut(job, "task-data", Splits.VALIDATION);
    ExampleReader<TaskExample> test =
        ClassifierTraining.reader(job, ClassifierTraining.heldOut(job, "task-data", Splits.TEST));

    new ClassifierTraining(job, config.training())
        .train(student, teacher.tokenizer(), taught, validation);
    job.count("rows_in", taught.stream().mapToLong(ExampleReader.Part::rows).sum());
    job.count("teacher_parameters", teacher.graph().numParams());
    job.count("student_parameters", student.numParams());
    compare(job, "teacher", teacher.graph(), test);
    compare(job, "student", student, test);
  }

  /**
   * Layers of the teacher that the student starts from: evenly spread, the last one always among
   * them.
   *
   * @return for each layer of the student, from 0
   */
  static List<Integer> teacherLayers(int teacherLayers, int studentLayers) {
    return IntStream.rangeClosed(1, studentLayers)
        .map(layer -> layer * teacherLayers / studentLayers - 1)
        .boxed()
        .toList();
  }

  /** Writes the training examples with the teacher's logits, so that the teacher runs once. */
  private static List<ExampleReader.Part> teach(JobContext job, ComputationGraph teacher)
      throws IOException {
    Threads.use(Runtime.getRuntime().availableProcessors());
    InferenceModel model = InferenceModel.of(teacher);
    ExampleReader<TaskExample> train =
        ClassifierTraining.reader(job, ClassifierTraining.parts(job, "task-data", Splits.TRAIN));
    List<Row> rows = new ArrayList<>();
    for (long from = 0; from < train.size(); from += BATCH) {
      List<TaskExample> examples = train.read(from, (int) Math.min(BATCH, train.size() - from));
      float[][] logits = model.predict(ClassificationTask.pack(examples));
      for (int i = 0; i < logits.length; i++) {
        rows.add(TaskRows.toRow(examples.get(i).withTeacherLogits(logits[i]), "", Splits.TRAIN));
      }
    }
    job.write(job.spark().createDataFrame(rows, TaskRows.SCHEMA).coalesce(1), "taught");
    List<ExampleReader.Part> parts = new ArrayList<>();
    for (FileStatus file : job.directories().files(job.outputPath("taught").toString())) {
      parts.add(new ExampleReader.Part(file.getPath().toString(), rows.size()));
    }
    return parts;
  }

  private static void compare(
      JobContext job, String who, ComputationGraph graph, ExampleReader<TaskExample> test)
      throws IOException {
    ClassificationScore score = ClassifierTraining.score(graph, test);
    double milliseconds = latency(InferenceModel.of(graph), test);
    job.figure(who + "_test_accuracy", score.accuracy());
    job.figure(who + "_latency_ms", milliseconds);
    job.say(
        String.format(
            Locale.ROOT,
            "  %s: %,d parameters, accuracy %.1f %%, %.2f ms a sentence",
            who,
            graph.numParams(),
            100 * score.accuracy(),
            milliseconds));
  }

  /** Median milliseconds to classify one context. */
  private static double latency(InferenceModel model, ExampleReader<TaskExample> test)
      throws IOException {
    double[] millis = new double[LATENCY_RUNS];
    for (int i = -LATENCY_WARMUP; i < LATENCY_RUNS; i++) {
      List<TaskExample> one = test.read(Math.floorMod(i, test.size()), 1);
      long start = System.nanoTime();
      model.predict(ClassificationTask.pack(one));
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) * 1e-6;
      }
    }
    Arrays.sort(millis);
    return millis[LATENCY_RUNS / 2];
  }
}
