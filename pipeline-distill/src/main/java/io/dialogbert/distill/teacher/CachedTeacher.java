package io.dialogbert.distill.teacher;

import io.dialogbert.common.BadInputException;
import io.dialogbert.distill.teacher.AnswerTable.Answer;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.ExampleReader.Part;
import io.dialogbert.train.PartReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The answers that {@code teach} kept, one file for each file of the examples. */
final class CachedTeacher implements Teacher {
  private final AnswerTable table;
  private final int numOutputs;
  private final List<Part> parts;

  private CachedTeacher(AnswerTable table, int numOutputs, List<Part> parts) {
    this.table = table;
    this.numOutputs = numOutputs;
    this.parts = parts;
  }

  /**
   * The answers in an input directory.
   *
   * @param input the job's name for the directory
   * @param own the job's name for the network that the student is made from
   * @param question what the student learns the answers to
   * @param examples the files of the training split
   * @throws BadInputException if they are of another task, tokenizer, or task data, or of another
   *     kind or number; names both
   */
  static CachedTeacher of(
      JobContext job, String input, String own, Question question, List<Part> examples)
      throws IOException {
    String directory = job.inputPath(input);
    String data = job.inputPath(question.data());
    Question.requireKind(directory, Tasks.load(job, directory), data, question.spec());
    Tokenizers.requireIdsOf(
        job.directories(),
        directory,
        Checkpoint.loadTokenizer(job.directories(), job.inputPath(own)));
    if (!fingerprint(job.input(input), "task-data")
        .equals(Optional.of(job.input(question.data()).fingerprint()))) {
      throw new BadInputException(
          directory
              + " answers other examples than those of "
              + data
              + "; run teach on this task data");
    }
    AnswerTable table = AnswerTable.of(job, input);
    long numOutputs = TeachJob.numOutputs(job.input(input));
    question.requireAnsweredBy(directory, table.kind(), numOutputs, job.inputPath(own));
    List<Part> parts =
        job.input(input).files().stream()
            .filter(file -> file.path().startsWith("data/"))
            .map(file -> Part.of(new Path(directory), file))
            .toList();
    if (!rows(parts).equals(rows(examples))) {
      throw new BadInputException(
          "%s has %s answers in its files, %s has %s training examples"
              .formatted(directory, rows(parts), data, rows(examples)));
    }
    return new CachedTeacher(table, question.numOutputs(), parts);
  }

  private static List<Long> rows(List<Part> parts) {
    return parts.stream().map(Part::rows).toList();
  }

  /** The fingerprint of an input from which a directory was made. */
  static Optional<String> fingerprint(Manifest manifest, String input) {
    return manifest.inputs().stream()
        .filter(made -> made.name().equals(input))
        .map(Manifest.Input::fingerprint)
        .findFirst();
  }

  @Override
  public Answers open(int file) throws IOException {
    Part part = parts.get(file);
    PartReader<Answer> reader = TaskFiles.open(part, row -> table.decode(row, numOutputs));
    return examples -> {
      List<Answer> answers = reader.read(examples.size());
      float[][] outputs = new float[examples.size()][];
      for (int i = 0; i < outputs.length; i++) {
        String asked = examples.get(i).exampleId();
        if (i >= answers.size() || !answers.get(i).exampleId().equals(asked)) {
          throw new BadInputException(
              part.path() + " has no answer to example " + asked + " in its place");
        }
        outputs[i] = answers.get(i).outputs();
      }
      return outputs;
    };
  }

  @Override
  public void dismiss() {}
}
