package io.dialogbert.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.TinyEncoder;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.TaskSpec.Kind;
import io.dialogbert.task.tag.BioTags;
import io.dialogbert.task.tag.PiecePlaces;
import io.dialogbert.task.tag.TaggedText;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * A pretrained network, and small task data of every kind, of texts of two topics; and the jobs
 * that learn and use them.
 */
public final class TinyKinds {
  public static final int NUM_HELD_OUT = 200;

  private static final SerializedTokenizer TOKENIZER = TinyTokenizer.of(50, 2);
  private static final int NUM_TRAIN = 96;

  private final Path work;

  /** Makes the inputs in a directory. */
  public TinyKinds(Path work) {
    this.work = work;
    pretrain("pretrained", 0.02);
    for (Kind kind : Kind.values()) {
      make(kind, kind.name(), 16);
    }
  }

  /** Makes task data in which texts have at most {@code maxLength} tokens. */
  void make(Kind kind, String output, int maxLength) {
    new StubJob<>(new BuildTaskDataJob(), job -> taskData(job, kind, maxLength))
        .make(
            "dialogues=unread",
            "reactions=unread",
            "tokenizer=unread",
            "output=" + work.resolve(output));
  }

  /** Makes an encoder whose weights have a standard deviation of {@code range}. */
  void pretrain(String output, double range) {
    EncoderConfig encoder = new EncoderConfig(16, 2, 2, 24, 50, 16, 2, 2, 0, 0, range, 1e-12);
    TinyEncoder.make(work.resolve(output), encoder, TOKENIZER);
  }

  private static void taskData(JobContext job, Kind kind, int maxLength) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String split : List.of("train", "validation", "test")) {
      // Some held-out replies are in no block of a hundred of their language.
      int heldOut = kind == Kind.REPLIES ? NUM_HELD_OUT + 30 : NUM_HELD_OUT;
      int count = split.equals("train") ? NUM_TRAIN : heldOut;
      for (int i = 0; i < count; i++) {
        rows.add(TaskRows.toRow(example(split, i, kind), new String[] {split + i}, split));
      }
    }
    job.write(
        job.spark()
            .createDataFrame(rows, TaskRows.SCHEMA)
            .coalesce(1)
            .sortWithinPartitions("example_id"),
        "data",
        "split");
    Tokenizers.saveSettings(job.directories(), job.output(), TOKENIZER);
    Tasks.save(
        job,
        new TaskSpec(
            "made-up",
            kind,
            new Layout(maxLength, 3, true),
            kind.hasClasses() || kind == Kind.TAGS
                ? List.of(new TaskSpec.ClassName("", "no"), new TaskSpec.ClassName("", "yes"))
                : List.of(),
            kind == Kind.PAIR_SCORES ? new TaskSpec.Range(0, 5) : TaskSpec.Range.NONE));
  }

  /** A text or the second of a pair is of topic 0 or 1; each of 20 contexts has its own reply. */
  private static TaskExample example(String split, int i, Kind kind) {
    int topic = i % 2;
    int[] first = {10 + i % 20};
    int[] second = {30 + i % 20};
    if (kind != Kind.REPLIES && kind != Kind.PARAPHRASES) {
      first = new int[] {7 + (kind.isPair() ? 0 : topic), 12 + i % 5};
      second = new int[] {9 + topic, 12 + i % 3};
    }
    if (kind == Kind.TAGS) {
      // The first token is an entity of its topic.
      int[] tags = {BioTags.begin(topic), BioTags.OUTSIDE};
      PiecePlaces places = new PiecePlaces(new int[] {0, 1}, new int[] {1, 2});
      return TaskExample.ofTags(split + "-" + i, "ko", first, new TaggedText(tags, places));
    }
    return new TaskExample(
        split + "-" + i,
        i / 2 % 2 == 0 ? "ko" : "ja",
        first,
        kind.isPair() ? second : new int[0],
        kind.hasClasses() ? topic : -1,
        5 * topic,
        i % 20,
        new float[0]);
  }

  public JobRun finetune(Kind kind, String method, String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "finetune.checkpoint=" + work.resolve("pretrained"),
                "finetune.task-data=" + work.resolve(kind.name()),
                "finetune.output=" + work.resolve(output),
                "finetune.method=" + method,
                "finetune.num-epochs=20",
                "finetune.training.learning-rate=3e-3",
                "finetune.training.batch-size=16",
                "finetune.training.num-workers=1",
                "finetune.training.averaging-frequency=2"));
    arguments.addAll(List.of(more));
    return JobRun.of(new FinetuneJob(), arguments.toArray(String[]::new));
  }

  /**
   * Trains a network that reads contexts and replies together. Its encoder starts with greater
   * weights than usual: with those of 0.02, so narrow a network is nearly linear, and all
   * candidates get the same score for a hundred steps.
   */
  public JobRun finetuneCrossReplies(String output, String... more) {
    if (!Files.exists(work.resolve("pretrained-wide"))) {
      pretrain("pretrained-wide", 0.2);
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "finetune.checkpoint=" + work.resolve("pretrained-wide"),
                "finetune.num-epochs=0",
                "finetune.training.num-steps=160",
                "finetune.training.warmup-steps=16",
                "finetune.training.evaluation-steps=160"));
    arguments.addAll(List.of(more));
    return finetune(Kind.REPLIES, "cross", output, arguments.toArray(String[]::new));
  }

  public JobRun evaluate(String checkpoint, Kind kind, String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "evaluate-task.checkpoint=" + work.resolve(checkpoint),
                "evaluate-task.task-data=" + work.resolve(kind.name()),
                "evaluate-task.output=" + work.resolve(output),
                "evaluate-task.num-resamples=100"));
    arguments.addAll(List.of(more));
    return JobRun.of(new EvaluateTaskJob(), arguments.toArray(String[]::new));
  }

  public static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  public Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }

  /** A file of texts; every seventh has none. */
  public Path texts(String name, int count) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          RowFactory.create((long) i, i % 7 == 6 ? null : "오늘 ".repeat(1 + i % 3) + i, "내일 어때"));
    }
    StructType schema =
        StructType.fromDDL("number bigint not null, line string, other string not null");
    SparkTestSession.get()
        .createDataFrame(rows, schema)
        .repartition(3)
        .write()
        .parquet(work.resolve(name).toString());
    return work.resolve(name);
  }

  public JobRun infer(Job<?> job, String checkpoint, Path input, String output, String... more) {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "checkpoint=" + work.resolve(checkpoint),
            "input=[\"" + input + "/*.parquet\"]",
            "output=" + work.resolve(output),
            "columns.id=number",
            "columns.first=line")) {
      arguments.add(job.name() + "." + setting);
    }
    arguments.addAll(List.of(more));
    return JobRun.of(job, arguments.toArray(String[]::new));
  }

  public List<Row> results(String output) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(output).resolve("data").toString())
        .orderBy("number")
        .collectAsList();
  }
}
