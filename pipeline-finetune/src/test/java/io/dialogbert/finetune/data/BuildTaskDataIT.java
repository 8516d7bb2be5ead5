package io.dialogbert.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.train.FinetuneJob;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.pretrain.PretrainJob;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.train.Checkpoint;
import io.dialogbert.train.PretrainingTask;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Task data of dialogues in which some reactions, or whole splits, do not occur. */
final class BuildTaskDataIT {
  private static final SerializedTokenizer TOKENIZER = TinyTokenizer.of(50, 2);

  @TempDir static Path work;

  /** Makes dialogues of a context and a reply each. */
  @FunctionalInterface
  private interface Replies {
    void add(String split, String reply, int count);
  }

  @BeforeAll
  static void makeInputs() {
    new StubJob<>(
            new TrainTokenizerJob(),
            job -> Tokenizers.save(job.directories(), job.output(), TOKENIZER))
        .make("dialogues=unread", "output=" + work.resolve("tokenizer"));
    new StubJob<>(new PretrainJob(), BuildTaskDataIT::pretrain)
        .make("examples=unread", "tokenizer=unread", "output=" + work.resolve("pretrained"));
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static void pretrain(JobContext job) throws IOException {
    EncoderConfig encoder = new EncoderConfig(4, 1, 2, 6, 50, 48, 2, 2, 0.1, 0.1, 0.02, 1e-12);
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    new Checkpoint(
            Graphs.create(PretrainingTask.model(encoder), settings, job.seed()), TOKENIZER, 0)
        .save(job.directories(), job.output());
  }

  private static JobRun taskData(String name, Consumer<Replies> corpus) {
    List<Row> rows = new ArrayList<>();
    corpus.accept(
        (split, reply, count) -> {
          for (int i = 0; i < count; i++) {
            String id = "dialogue-" + rows.size();
            rows.add(
                RowFactory.create(
                    id,
                    id,
                    "ko",
                    split,
                    Instant.EPOCH,
                    new Row[] {turn("a", "오늘 어때"), turn("b", reply)}));
          }
        });
    new StubJob<>(
            new BuildDialoguesJob(),
            job ->
                job.write(job.spark().createDataFrame(rows, DialogueRows.SCHEMA), "data", "split"))
        .make("messages=unread", "output=" + work.resolve(name + "-dialogues"));
    return JobRun.of(
        new BuildTaskDataJob(),
        "build-task-data.dialogues=" + work.resolve(name + "-dialogues"),
        "build-task-data.tokenizer=" + work.resolve("tokenizer"),
        "build-task-data.output=" + work.resolve(name),
        "build-task-data.min-class-count=3",
        // The tokenizer knows no text.
        "build-task-data.max-unknown-rate=1");
  }

  private static Row turn(String speaker, String text) {
    return RowFactory.create(speaker, text, new String[] {"m"});
  }

  private static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  private static Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }

  private static JobRun finetune(String taskData, String output) {
    return JobRun.of(
        new FinetuneJob(),
        "finetune.checkpoint=" + work.resolve("pretrained"),
        "finetune.task-data=" + work.resolve(taskData),
        "finetune.output=" + work.resolve(output),
        "finetune.training.num-steps=2",
        "finetune.training.warmup-steps=1",
        "finetune.training.batch-size=4");
  }

  @Test
  void countsASplitWithoutExamplesAsZeroAndRefusesToTrainOnIt() throws IOException {
    done(
        taskData(
            "unheard",
            replies -> {
              replies.add("train", "좋아", 4);
              replies.add("train", "싫어", 3);
              replies.add("test", "좋아", 1);
              // Too rare to be a class.
              replies.add("validation", "글쎄", 2);
            }));
    assertThat(manifest("unheard").counts())
        .containsEntry("examples.train", 7L)
        .containsEntry("examples.validation", 0L)
        .containsEntry("examples.test", 1L)
        .containsEntry("rows_out", 8L)
        .containsEntry("num_classes", 2L);
    JobRun run = finetune("unheard", "unheard-model");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("no task examples in split validation of " + work.resolve("unheard") + "; ");
  }

  @Test
  void countsAClassWithoutTestExamplesAsNeverRight() throws IOException {
    done(
        taskData(
            "lopsided",
            replies -> {
              replies.add("train", "좋아", 5);
              replies.add("train", "싫어", 3);
              replies.add("validation", "싫어", 2);
              replies.add("test", "싫어", 2);
            }));
    done(finetune("lopsided", "lopsided-model"));
    assertThat(manifest("lopsided-model").figures())
        .containsEntry("baseline_most_frequent_class_accuracy", 0.0);
    assertThat(manifest("lopsided-model").counts()).containsEntry("test_examples", 2L);
  }

  @Test
  void saysHowManyRepliesAreFrequentEnoughWhereTheyAreNoTask() {
    JobRun run =
        taskData(
            "single",
            replies -> {
              replies.add("train", "좋아", 5);
              replies.add("train", "싫어", 2);
              replies.add("test", "싫어", 5);
            });
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("only 1 short replies occur 3 times in the training split; a larger corpus or");
    assertThat(work.resolve("single")).doesNotExist();
  }
}
