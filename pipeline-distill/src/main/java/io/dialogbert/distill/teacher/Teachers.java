package io.dialogbert.distill.teacher;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.Lineage;
import io.dialogbert.model.kernel.Threads;
import io.dialogbert.task.TaskExample;
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
  private final Question question;
  private final List<Teacher> teachers = new ArrayList<>();
  private final List<Part> examples;

  /**
   * The teachers among a job's inputs.
   *
   * @param names the job's names for them; empty for {@code teacher} alone
   * @param question what {@code teacher} is asked
   * @param examples the files of the training split
   * @throws BadInputException if one is not of this task and these examples, or {@code teacher} is
   *     not among them, or there are several of sentence vectors
   */
  public Teachers(JobContext job, List<String> names, Question question, List<Part> examples)
      throws IOException {
    this.job = job;
    this.question = question;
    this.examples = List.copyOf(examples);
    List<String> all = names.isEmpty() ? List.of(TEACHER) : names;
    if (all.size() > 1 && question.kind() == AnswerTable.Kind.VECTORS) {
      throw new BadInputException(
          "there must be one teacher of sentence vectors, are %d: each has a space of its own"
              .formatted(all.size()));
    }
    for (String name : all) {
      if (isKept(name)) {
        teachers.add(CachedTeacher.of(job, name, question, examples));
      } else {
        teachers.add(network(name));
      }
    }
    requireOwnTeacher(all);
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

  private boolean isKept(String name) {
    return job.input(name).job().equals("teach");
  }

  private Teacher network(String name) throws IOException {
    Question own = Question.of(job, name, question.spec());
    question.requireAnsweredBy(
        job.inputPath(name), own.kind(), own.numOutputs(), job.inputPath(TEACHER));
    return new NetworkTeacher(job.sparkContext(), job.inputPath(name), own);
  }

  /**
   * A student is compared with a network that taught it; of answers made elsewhere none is known.
   */
  private void requireOwnTeacher(List<String> all) {
    String own = job.input(TEACHER).fingerprint();
    for (String name : all) {
      Optional<String> asked =
          isKept(name)
              ? CachedTeacher.fingerprint(job.input(name), TEACHER)
              : Optional.of(job.input(name).fingerprint());
      if (asked.isEmpty() || asked.get().equals(own)) {
        return;
      }
    }
    throw new BadInputException(
        job.inputPath(TEACHER)
            + " must be among the teachers; "
            + all.stream().map(job::inputPath).toList()
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
