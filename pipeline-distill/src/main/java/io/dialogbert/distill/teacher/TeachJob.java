package io.dialogbert.distill.teacher;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.train.TaskTraining;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.ExampleReader.Part;
import io.dialogbert.train.PartReader;
import io.dialogbert.train.TaskGpu;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;

/**
 * Asks a fine-tuned network about the training examples of a task, and keeps what it says, so that
 * any number of students can learn from it without asking again. Answers that were made elsewhere
 * are checked, and brought into the order of the examples.
 */
public final class TeachJob implements Job<TeachConfig> {
  /** Count of the numbers that the teacher answers by: classes, 1, or the width of a vector. */
  private static final String OUTPUTS = "outputs";

  public static void main(String[] args) {
    JobMain.run(new TeachJob(), args);
  }

  @Override
  public String name() {
    return "teach";
  }

  /** Version 2 names the files after the parts that a run is resumed by. */
  @Override
  public int format() {
    return 2;
  }

  @Override
  public TeachConfig configure(ConfigReader in) {
    return TeachConfig.read(in);
  }

  @Override
  public Lineage lineage(TeachConfig config) {
    Lineage lineage =
        Lineage.to(config.output()).dataset("task-data", config.taskData(), Tasks.dataMakers());
    return config
        .teacher()
        .map(teacher -> lineage.dataset("teacher", teacher, Tasks.learners()))
        .orElseGet(() -> lineage.files(config.files()));
  }

  @Override
  public void run(JobContext job, TeachConfig config) throws IOException {
    TaskSpec spec = Tasks.load(job, job.inputPath("task-data"));
    Tasks.requireNoTags(job, "task-data", spec);
    List<Part> examples = TaskTraining.parts(job, "task-data", Splits.TRAIN);
    if (config.teacher().isPresent()) {
      Question question = Question.of(job, "teacher", "task-data", spec);
      ask(job, question, config.top(), examples);
      job.count(OUTPUTS, question.numOutputs());
    } else {
      OutsideAnswers answers = OutsideAnswers.of(job, spec);
      job.write(answers.inOrderOf(examples), "data");
      job.count(OUTPUTS, answers.numOutputs());
      job.count("rows_of_other_examples", answers.rows() - rows(examples));
    }
    job.count("rows_in", rows(examples));
    job.count("rows_out", rows(examples));
    Tasks.save(job, spec);
    String tokenizer = SerializedTokenizer.SETTINGS_NAME;
    job.directories()
        .writeString(
            job.outputPath(tokenizer),
            job.directories().readString(new Path(job.inputPath("task-data"), tokenizer)));
  }

  /** The number that is counted under {@value #OUTPUTS}. */
  static long numOutputs(Manifest answers) {
    return answers.counts().getOrDefault(OUTPUTS, 0L);
  }

  private static long rows(List<Part> parts) {
    return parts.stream().mapToLong(Part::rows).sum();
  }

  private static void ask(JobContext job, Question question, int top, List<Part> examples)
      throws IOException {
    if (top > 0 && (question.kind() != AnswerTable.Kind.LOGITS || top >= question.numOutputs())) {
      throw new BadConfigException(
          "teach.top-k = "
              + top
              + " must be below the number of classes, "
              + (question.kind() == AnswerTable.Kind.LOGITS ? question.numOutputs() : "0")
              + "; 0 keeps all that the teacher says");
    }
    AnswerTable table = new AnswerTable(question.kind(), top > 0);
    List<Part> files = List.copyOf(examples);
    NetworkTeacher teacher =
        new NetworkTeacher(job.sparkContext(), job.inputPath("teacher"), question);
    job.writeParts(
        "data",
        files.size(),
        file -> {
          JavaRDD<Row> rows =
              job.sparkContext()
                  .parallelize(List.of(file), 1)
                  .flatMap(place -> answers(files.get(place), teacher.open(place), table, top));
          return job.spark().createDataFrame(rows, table.schema());
        });
    teacher.dismiss();
  }

  private static Iterator<Row> answers(
      Part examples, Teacher.Answers teacher, AnswerTable table, int top) throws IOException {
    TaskGpu.use();
    // If a batch is split across threads, the last bits of an answer depend on the machine.
    Threads.use(1);
    PartReader<SourceRow> reader = TaskFiles.open(examples, SourceRow::decode);
    return new Batches<>(reader::read, batch -> rows(batch, teacher, table, top));
  }

  private static List<Row> rows(
      List<SourceRow> batch, Teacher.Answers teacher, AnswerTable table, int top)
      throws IOException {
    List<TaskExample> examples = batch.stream().map(SourceRow::example).toList();
    float[][] answers = teacher.to(examples);
    return IntStream.range(0, answers.length)
        .mapToObj(i -> table.row(examples.get(i).exampleId(), answers[i], top))
        .toList();
  }
}
