package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.ConfigReader;
import io.dialogbert.common.Job;
import io.dialogbert.common.JobContext;
import io.dialogbert.common.JobMain;
import io.dialogbert.common.Lineage;
import io.dialogbert.finetune.FinetuneJob;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PretrainingModel;
import io.dialogbert.model.TrainingSettings;
import io.dialogbert.preprocess.JobRun;
import io.dialogbert.preprocess.Tokenizers;
import io.dialogbert.task.TaskExample;
import io.dialogbert.text.Normalizer;
import io.dialogbert.text.Piece;
import io.dialogbert.text.PieceType;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.SpecialTokens;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.schedule.FixedSchedule;

/** A pretrained encoder and task data, as small as can be. */
final class TinyTasks {
  static final int NUM_TRAIN = 60;
  static final int NUM_HELD_OUT = 10;

  /** Files of the training split, so that their order counts, too. */
  static final int NUM_FILES = 3;

  private static final int VOCAB_SIZE = 50;

  private TinyTasks() {}

  private static SerializedTokenizer tokenizer() {
    List<Piece> pieces = new ArrayList<>();
    for (String token : SpecialTokens.ALL) {
      PieceType type = pieces.size() == SpecialTokens.UNK ? PieceType.UNKNOWN : PieceType.CONTROL;
      pieces.add(new Piece(token, 0, type));
    }
    while (pieces.size() < VOCAB_SIZE) {
      pieces.add(new Piece(Character.toString(0x20000 + pieces.size()), -4, PieceType.NORMAL));
    }
    return SerializedTokenizer.of(
        pieces,
        new TokenizerSettings(TokenizerMethod.SUBWORD, new Normalizer(2, false), List.of()));
  }

  /** A job without inputs that stands in for another one. */
  private abstract static class Stub implements Job<String> {
    @Override
    public String configure(ConfigReader in) {
      return in.path("output");
    }

    @Override
    public Lineage lineage(String output) {
      return Lineage.to(output);
    }
  }

  private static final class PretrainStub extends Stub {
    @Override
    public String name() {
      return "pretrain";
    }

    @Override
    public void run(JobContext job, String output) throws IOException {
      EncoderConfig encoder =
          new EncoderConfig(16, 2, 2, 24, VOCAB_SIZE, 12, 2, 2, 0.1, 0.1, 0.02, 1e-12);
      TrainingSettings settings =
          new TrainingSettings(
              new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
      new Checkpoint(PretrainingModel.create(encoder, settings, job.seed()), tokenizer(), 0)
          .save(job.directories(), job.output());
    }
  }

  private static final class TaskDataStub extends Stub {
    private final List<String> reactions;

    TaskDataStub(List<String> reactions) {
      this.reactions = reactions;
    }

    @Override
    public String name() {
      return "build-task-data";
    }

    @Override
    public void run(JobContext job, String output) throws IOException {
      List<Row> rows = new ArrayList<>(rows("train", NUM_TRAIN));
      rows.addAll(rows("validation", NUM_HELD_OUT));
      rows.addAll(rows("test", NUM_HELD_OUT));
      job.write(
          job.spark()
              .createDataFrame(rows, TaskRows.SCHEMA)
              .repartition(NUM_FILES)
              .sortWithinPartitions("example_id"),
          "data",
          "split");
      Tokenizers.saveSettings(job.directories(), job.output(), tokenizer());
      List<Row> classes = new ArrayList<>();
      for (String reaction : reactions) {
        classes.add(RowFactory.create(classes.size(), "ko", reaction, 5L));
      }
      job.write(
          job.spark()
              .createDataFrame(
                  classes,
                  StructType.fromDDL("class_id int, lang string, reaction string, replies bigint"))
              .coalesce(1),
          "classes");
      job.count("rows_out", rows.size());
      job.count("num_classes", classes.size());
    }

    private List<Row> rows(String split, int count) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int label = label(i, reactions.size());
        int[] ids = {
          SpecialTokens.CLS,
          6 + 5 * label,
          7 + 5 * label + i % 3,
          SpecialTokens.SEPT,
          SpecialTokens.SEP
        };
        TaskExample example =
            new TaskExample(
                split + "-" + i + "-1", ids, new int[5], new int[5], label, new float[0]);
        rows.add(TaskRows.toRow(example, i % 4 == 0 ? "ja" : "ko", split));
      }
      return rows;
    }
  }

  /** Class 1 is the most frequent one. */
  static int label(int example, int numClasses) {
    return example % 3 == 0 ? 1 : example % numClasses;
  }

  /** Makes {@code pretrained}. */
  static void pretrained(Path work) {
    done(new PretrainStub(), "pretrain.output=" + work.resolve("pretrained"));
  }

  /** Makes task data with these classes, in this order. */
  static void taskData(Path work, String name, String... reactions) {
    done(new TaskDataStub(List.of(reactions)), "build-task-data.output=" + work.resolve(name));
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
            "distill.num-hidden-layers=1"),
        more);
  }

  /** Six steps in rounds of two, with a checkpoint after each round. */
  private static JobRun training(Job<?> job, List<String> paths, String... more) {
    List<String> arguments = new ArrayList<>();
    Stream.concat(
            paths.stream(),
            Stream.of(
                    "num-steps=6",
                    "warmup-steps=1",
                    "batch-size=8",
                    "averaging-frequency=2",
                    "evaluation-steps=6",
                    "checkpoint-steps=2",
                    "keep-checkpoints=5")
                .map(setting -> job.name() + ".training." + setting))
        .forEach(setting -> arguments.addAll(List.of("--set", setting)));
    for (String one : more) {
      arguments.addAll(one.startsWith("--") ? List.of(one) : List.of("--set", one));
    }
    return JobRun.of(job, arguments);
  }

  private static void done(Job<?> job, String setting) {
    JobRun run = JobRun.of(job, List.of("--set", setting));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }
}
