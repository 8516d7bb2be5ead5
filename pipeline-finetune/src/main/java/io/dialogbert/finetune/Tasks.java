package io.dialogbert.finetune;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobContext;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.head.ClassSet;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.Path;

/** Tasks on any Hadoop file system, and as a network knows them. */
public final class Tasks {
  /** Where the output of a job of several tasks has the network of each. */
  public static final String EACH = "tasks";

  private Tasks() {}

  /** Names of the jobs that write a network of a task. */
  public static String[] learners() {
    return new String[] {
      "finetune", "distill", "train-tasks", "find-student", "prune", "prune-vocabulary"
    };
  }

  /** Names of the jobs that write task data. */
  public static String[] dataMakers() {
    return new String[] {"build-task-data", "mine-negatives", "correct-labels"};
  }

  /** Names of the jobs that write an encoder, of a task or not. */
  public static String[] encoders() {
    return Stream.concat(Stream.of(PretrainJob.learners()), Stream.of(learners()))
        .toArray(String[]::new);
  }

  /**
   * Reads the task of a directory.
   *
   * @throws BadInputException if it has none
   */
  public static TaskSpec load(JobContext job, String directory) throws IOException {
    Path file = new Path(directory, TaskSpec.FILE_NAME);
    try {
      return TaskSpec.fromJson(job.directories().readString(file), file.toString());
    } catch (FileNotFoundException e) {
      Path each = new Path(directory, EACH);
      throw new BadInputException(
          job.directories().fileSystem(each).exists(each)
              ? directory + " is of several tasks; give the directory of one, in " + each
              : file
                  + " must be there; an earlier version did not write it: build the task data anew",
          e);
    }
  }

  /** Writes a task into the job's output. */
  public static void save(JobContext job, TaskSpec spec) throws IOException {
    job.directories().writeString(job.outputPath(TaskSpec.FILE_NAME), spec.toJson());
  }

  /** A task's classes. */
  public static ClassSet classSet(TaskSpec spec) {
    List<TaskSpec.ClassName> classes = spec.classes();
    String names =
        IntStream.range(0, classes.size())
            .mapToObj(id -> id + "\t" + classes.get(id).lang() + "\t" + classes.get(id).name())
            .collect(Collectors.joining("\n"));
    return new ClassSet(spec.name(), classes.size(), DigestUtils.sha256Hex(names));
  }

  /** The tags of a task of entities. */
  public static ClassSet tagSet(TaskSpec spec) {
    return new ClassSet(spec.name(), spec.outputs().size(), classSet(spec).sha256());
  }

  /** A task's name, kind and classes, but no class names. */
  public static String describe(TaskSpec spec) {
    return spec.name()
        + " ("
        + spec.kind().name().toLowerCase(Locale.ROOT).replace('_', '-')
        + (spec.classes().isEmpty() ? "" : ", " + classSet(spec))
        + ")";
  }

  /**
   * Checks that each example of a task has one answer, not tags of its tokens.
   *
   * @param data the job's name for the task data
   * @throws BadInputException if not; names the job
   */
  public static void requireNoTags(JobContext job, String data, TaskSpec spec) {
    if (spec.kind() == TaskSpec.Kind.TAGS) {
      throw new BadInputException(
          "%s has %s, and %s is for tasks in which an example has one answer; finetune learns tags"
              .formatted(job.inputPath(data), describe(spec), job.plan().job()));
    }
  }

  /** The examples as one packed batch without targets: a sequence for each text or pair. */
  public static PackedBatch pack(TaskSpec spec, List<TaskExample> examples) {
    PackedBatch.Builder batch = PackedBatch.builder();
    for (TaskExample example : examples) {
      add(
          batch,
          spec.kind().isPair()
              ? spec.layout().of(example.first(), example.second())
              : spec.layout().of(example.first()));
    }
    return batch.build();
  }

  /** The pairs as one packed batch without targets: two sequences for each, one for each text. */
  public static PackedBatch packApart(TaskSpec spec, List<TaskExample> examples) {
    PackedBatch.Builder batch = PackedBatch.builder();
    addPairs(batch, spec, examples);
    return batch.build();
  }

  private static void addPairs(
      PackedBatch.Builder batch, TaskSpec spec, List<TaskExample> examples) {
    for (TaskExample example : examples) {
      add(batch, spec.layout().of(example.first()));
      add(batch, spec.layout().of(example.second()));
    }
  }

  /**
   * The pairs as {@link #packApart} has them, then the negatives of those that have one, in order.
   */
  public static PackedBatch packWithNegatives(TaskSpec spec, List<TaskExample> examples) {
    PackedBatch.Builder batch = PackedBatch.builder();
    addPairs(batch, spec, examples);
    examples.stream()
        .filter(example -> example.negative().length > 0)
        .forEach(example -> add(batch, spec.layout().of(example.negative())));
    return batch.build();
  }

  /** Scores between 0 and 1 [B]. */
  public static float[] scaledScores(TaskSpec spec, List<TaskExample> examples) {
    double low = spec.scores().low();
    double range = spec.scores().high() - low;
    float[] scores = new float[examples.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) ((examples.get(i).score() - low) / range);
    }
    return scores;
  }

  public static void add(PackedBatch.Builder batch, Layout.Sequence sequence) {
    batch.add(sequence.inputIds(), sequence.segmentIds(), sequence.turnIds());
  }
}
