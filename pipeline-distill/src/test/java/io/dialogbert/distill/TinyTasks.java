package io.dialogbert.distill;

import io.dialogbert.distill.teacher.TeachJob;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.finetune.train.FinetuneJob;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.nd4j.linalg.schedule.FixedSchedule;

/** A pretrained encoder and task data, as small as can be. */
final class TinyTasks {
  static final int NUM_TRAIN = 60;
  static final int NUM_HELD_OUT = 10;

  /** Held-out pairs: replies are told from those of 100 examples. */
  private static final int NUM_PAIRS = 100;

  /** Files of the training split, so that their order counts, too. */
  static final int NUM_FILES = 3;

  private static final int VOCAB_SIZE = 50;

  private TinyTasks() {}

  static SerializedTokenizer tokenizer() {
    return TinyTokenizer.of(VOCAB_SIZE, 2);
  }

  /** Makes {@code pretrained}. */
  static void pretrained(Path work) {
    new StubJob<>(new PretrainJob(), TinyTasks::pretrain)
        .make("examples=unread", "tokenizer=unread", "output=" + work.resolve("pretrained"));
  }

  private static void pretrain(JobContext job) throws IOException {
    EncoderConfig encoder =
        new EncoderConfig(16, 2, 2, 24, VOCAB_SIZE, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12);
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    new Checkpoint(
            Graphs.create(PretrainingTask.model(encoder), settings, job.seed()), tokenizer(), 0)
        .save(job.directories(), job.output());
  }

  /** Makes task data with these classes, in this order. */
  static void taskData(Path work, String name, String... reactions) {
    new StubJob<>(new BuildTaskDataJob(), job -> taskData(job, reactions))
        .make(
            "dialogues=unread",
            "reactions=unread",
            "tokenizer=unread",
            "output=" + work.resolve(name));
  }

  private static void taskData(JobContext job, String... reactions) throws IOException {
    List<Row> rows = new ArrayList<>(rows("train", NUM_TRAIN, reactions.length));
    rows.addAll(rows("validation", NUM_HELD_OUT, reactions.length));
    rows.addAll(rows("test", NUM_HELD_OUT, reactions.length));
    job.write(
        job.spark()
            .createDataFrame(rows, TaskRows.SCHEMA)
            .repartition(NUM_FILES)
            .sortWithinPartitions("example_id"),
        "data",
        "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer());
    Tasks.save(
        job,
        new TaskSpec(
            "reactions",
            TaskSpec.Kind.REACTIONS,
            new Layout(12, 3, true),
            Stream.of(reactions).map(name -> new TaskSpec.ClassName("ko", name)).toList(),
            TaskSpec.Range.NONE));
  }

  /** Makes task data of pairs, half of which are similar; every third of a reply has a negative. */
  static void pairs(Path work, String name, TaskSpec.Kind kind) {
    new StubJob<>(new BuildTaskDataJob(), job -> pairs(job, kind))
        .make(
            "dialogues=unread",
            "reactions=unread",
            "tokenizer=unread",
            "output=" + work.resolve(name));
  }

  private static void pairs(JobContext job, TaskSpec.Kind kind) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String split : List.of("train", "validation", "test")) {
      for (int i = 0; i < (split.equals("train") ? NUM_TRAIN : NUM_PAIRS); i++) {
        int topic = i % 2;
        int[] first = {7 + i % 3, 12 + i % 5};
        int[] second = {20 + topic, 12 + i % 7};
        TaskExample pair =
            new TaskExample(split + "-" + i, "ko", first, second, -1, 5 * topic, i, new float[0]);
        rows.add(
            TaskRows.toRow(
                kind == TaskSpec.Kind.REPLIES && i % 3 == 0
                    ? pair.withNegative(new int[] {21 - topic, 9}, -1)
                    : pair,
                new String[] {split + i},
                split));
      }
    }
    job.write(
        job.spark()
            .createDataFrame(rows, TaskRows.SCHEMA)
            .repartition(NUM_FILES)
            .sortWithinPartitions("example_id"),
        "data",
        "split");
    Tokenizers.saveSettings(job.directories(), job.output(), tokenizer());
    Tasks.save(
        job,
        new TaskSpec(
            "pairs",
            kind,
            new Layout(12, 3, true),
            kind == TaskSpec.Kind.TAGS ? List.of(new TaskSpec.ClassName("", "person")) : List.of(),
            kind == TaskSpec.Kind.PAIR_SCORES ? new TaskSpec.Range(0, 5) : TaskSpec.Range.NONE));
  }

  private static List<Row> rows(String split, int count, int numClasses) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = label(i, numClasses);
      int[] ids = {6 + 5 * label, 7 + 5 * label + i % 3};
      TaskExample example =
          TaskExample.ofText(split + "-" + i + "-1", i % 4 == 0 ? "ja" : "ko", ids, label);
      rows.add(TaskRows.toRow(example, new String[] {split + "-" + i}, split));
    }
    return rows;
  }

  /** Class 1 is the most frequent one. */
  static int label(int example, int numClasses) {
    return example % 3 == 0 ? 1 : example % numClasses;
  }

  /** Runs fine-tuning. */
  static JobRun finetune(
      Path work, String checkpoint, String taskData, String output, String... more) {
    return training(
        new FinetuneJob(),
        List.of(
            "finetune.checkpoint=" + work.resolve(checkpoint),
            "finetune.task-data=" + work.resolve(taskData),
            "finetune.output=" + work.resolve(output)),
        more);
  }

  /** Runs distillation into one layer. */
  static JobRun distill(Path work, String teacher, String taskData, String output, String... more) {
    return training(
        new DistillJob(),
        List.of(
            "distill.teacher=" + work.resolve(teacher),
            "distill.task-data=" + work.resolve(taskData),
            "distill.output=" + work.resolve(output),
            "distill.student.num-hidden-layers=1"),
        more);
  }

  /** Asks a teacher, or reads answers of elsewhere, if the arguments say so. */
  static JobRun teach(Path work, String taskData, String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "teach.task-data=" + work.resolve(taskData),
                "teach.output=" + work.resolve(output)));
    arguments.addAll(List.of(more));
    return JobRun.of(new TeachJob(), arguments.toArray(String[]::new));
  }

  /** Six steps in rounds of two, with a checkpoint after each round. */
  static JobRun training(Job<?> job, List<String> paths, String... more) {
    List<String> arguments = new ArrayList<>(paths);
    Stream.of(
            "num-steps=6",
            "warmup-steps=1",
            "batch-size=8",
            "averaging-frequency=2",
            "evaluation-steps=6",
            "checkpoint-steps=2",
            "keep-checkpoints=5")
        .forEach(setting -> arguments.add(job.name() + ".training." + setting));
    arguments.addAll(List.of(more));
    return JobRun.of(job, arguments.toArray(String[]::new));
  }
}
