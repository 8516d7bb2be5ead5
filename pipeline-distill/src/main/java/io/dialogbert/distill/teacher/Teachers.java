package io.dialogbert.distill.teacher;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.train.ExampleReader.Part;
import io.dialogbert.train.PartReader;
import io.dialogbert.train.TaskGpu;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;

/** Whom a student learns from: networks that are asked, and answers that {@code teach} kept. */
public final class Teachers {
  private static final String TEACHER = "teacher";

  private final JobContext job;
  private final String own;
  private final Question question;
  private final List<String> names;
  private final List<Teacher> teachers = new ArrayList<>();
  private final List<Part> examples;

  /**
   * The teachers among a job's inputs.
   *
   * @param own the job's name for the network that the student is made from
   * @param names the job's names for them
   * @param question what they are asked
   * @param examples the files of the training split
   * @throws BadInputException if one is not of this task and these examples, or there are several
   *     of sentence vectors
   */
  public Teachers(
      JobContext job, String own, List<String> names, Question question, List<Part> examples)
      throws IOException {
    this.job = job;
    this.own = own;
    this.question = question;
    this.names = List.copyOf(names);
    this.examples = List.copyOf(examples);
    if (names.size() > 1 && question.kind() == AnswerTable.Kind.VECTORS) {
      throw new BadInputException(
          "there must be one teacher of sentence vectors, are %d: each has a space of its own"
              .formatted(names.size()));
    }
    for (String name : names) {
      if (isKept(job, name)) {
        teachers.add(CachedTeacher.of(job, name, own, question, examples));
      } else {
        teachers.add(network(name));
      }
    }
  }

  /** What a teacher among a job's inputs is asked about its examples. */
  public static Question question(JobContext job, String name, String data, TaskSpec spec)
      throws IOException {
    return isKept(job, name)
        ? Question.ofAnswers(job, name, data, spec)
        : Question.of(job, name, data, spec);
  }

  /** A lineage with teachers besides {@code teacher}. */
  public static Lineage lineage(Lineage lineage, List<String> directories) {
    Lineage all = lineage;
    List<String> names = names(directories);
    for (int i = 0; i < names.size(); i++) {
      String[] jobs =
          Stream.concat(Stream.of("teach"), Stream.of(Tasks.learners())).toArray(String[]::new);
      all = all.dataset(names.get(i), directories.get(i), jobs);
    }
    return all;
  }

  /** The job's names for teachers besides {@code teacher}. */
  public static List<String> names(List<String> directories) {
    return IntStream.rangeClosed(1, directories.size()).mapToObj(i -> TEACHER + "-" + i).toList();
  }

  /** Whether an input holds the answers of {@code teach}, not a network. */
  public static boolean isKept(JobContext job, String name) {
    return job.input(name).job().equals("teach");
  }

  private Teacher network(String name) throws IOException {
    Question ofNetwork = Question.of(job, name, question.data(), question.spec());
    question.requireAnsweredBy(
        job.inputPath(name), ofNetwork.kind(), ofNetwork.numOutputs(), job.inputPath(own));
    return new NetworkTeacher(job.sparkContext(), job.inputPath(name), ofNetwork);
  }

  /**
   * Checks that the network that the student is made from, and compared with, is one of the
   * teachers; of answers made elsewhere none is known.
   *
   * @throws BadInputException if it is not
   */
  public void requireOwn() {
    for (String name : names) {
      Optional<String> asked =
          isKept(job, name)
              ? CachedTeacher.fingerprint(job.input(name), TEACHER)
              : Optional.of(job.input(name).fingerprint());
      if (asked.isEmpty() || asked.get().equals(job.input(own).fingerprint())) {
        return;
      }
    }
    throw new BadInputException(
        job.inputPath(own)
            + " must be among the teachers; "
            + names.stream().map(job::inputPath).toList()
            + " are other networks, answers of others, or of this one before it was trained again");
  }

  /**
   * Writes the training examples with what the teachers say, so that they are asked once for each.
   * One task processes one file of the examples, whose order is kept.
   *
   * @param temperature at which probabilities of several teachers are averaged
   * @param table name of the table
   * @return its files
   */
  public List<Part> teach(double temperature, String table) throws IOException {
    List<Part> files = examples;
    List<Teacher> all = List.copyOf(teachers);
    Consensus consensus = new Consensus(question.kind(), temperature);
    JavaRDD<Row> rows =
        job.sparkContext()
            .parallelize(IntStream.range(0, files.size()).boxed().toList(), files.size())
            .flatMap(
                file -> {
                  TaskGpu.use();
                  // If a batch is split across threads, the last bits of an answer depend on the
                  // machine.
                  Threads.use(1);
                  List<Teacher.Answers> answers = new ArrayList<>();
                  for (Teacher teacher : all) {
                    answers.add(teacher.open(file));
                  }
                  PartReader<SourceRow> reader = TaskFiles.open(files.get(file), SourceRow::decode);
                  return new Batches<>(reader::read, batch -> rows(batch, answers, consensus));
                });
    job.write(job.spark().createDataFrame(rows, TaskRows.SCHEMA), table);
    teachers.forEach(Teacher::dismiss);
    Path directory = job.outputPath(table);
    return job.describe(directory).stream().map(file -> Part.of(directory, file)).toList();
  }

  private static List<Row> rows(
      List<SourceRow> batch, List<Teacher.Answers> teachers, Consensus consensus)
      throws IOException {
    List<TaskExample> examples = batch.stream().map(SourceRow::example).toList();
    List<float[][]> answers = new ArrayList<>();
    for (Teacher.Answers teacher : teachers) {
      answers.add(teacher.to(examples));
    }
    return IntStream.range(0, batch.size())
        .mapToObj(
            i ->
                TaskRows.toRow(
                    examples
                        .get(i)
                        .withTeacherOutputs(
                            consensus.of(answers.stream().map(all -> all[i]).toList())),
                    batch.get(i).dialogueIds(),
                    Splits.TRAIN))
        .toList();
  }
}
