package io.dialogbert.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.mine.MineReactionsJob;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;

/** Dialogues of made-up replies, their reactions and task data, by the real jobs. */
record TaskDataChain(Path work) {
  /** People who write each reply, and who must. */
  static final int SENDERS = 3;

  /** Makes dialogues of a context and a reply each. */
  @FunctionalInterface
  interface Replies {
    void add(String split, String reply, int count);
  }

  /** Makes the directory of a tokenizer. */
  void tokenizer(SerializedTokenizer tokenizer) {
    new StubJob<>(
            new TrainTokenizerJob(),
            job -> Tokenizers.save(job.directories(), job.output(), tokenizer))
        .make("dialogues=unread", "output=" + work.resolve("tokenizer"));
  }

  /** Writes dialogues of as many conversations; three people reply. */
  void dialogues(String name, Consumer<Replies> corpus) {
    List<Row> rows = new ArrayList<>();
    corpus.accept(
        (split, reply, count) -> {
          for (int i = 0; i < count; i++) {
            rows.add(
                dialogue(rows.size(), split, turn("a", "오늘 어때"), turn("b" + i % SENDERS, reply)));
          }
        });
    writeDialogues(name, rows);
  }

  static Row dialogue(int number, String split, Row... turns) {
    String id = "dialogue-" + number;
    return RowFactory.create(id, id, "ko", split, Instant.EPOCH, turns);
  }

  void writeDialogues(String name, List<Row> rows) {
    new StubJob<>(
            new BuildDialoguesJob(),
            job ->
                job.write(job.spark().createDataFrame(rows, DialogueRows.SCHEMA), "data", "split"))
        .make("messages=unread", "output=" + work.resolve(name + "-dialogues"));
  }

  /** Mines the reactions of dialogues. */
  void mine(String name, String... more) {
    done(
        run(
            new MineReactionsJob(),
            List.of(
                "dialogues=" + work.resolve(name + "-dialogues"),
                "output=" + work.resolve(name + "-classes"),
                "min-class-count=3",
                "min-senders=" + SENDERS),
            more));
  }

  JobRun build(String name, String... more) {
    return run(
        new BuildTaskDataJob(),
        List.of(
            "dialogues=" + work.resolve(name + "-dialogues"),
            "reactions=" + work.resolve(name + "-classes"),
            "tokenizer=" + work.resolve("tokenizer"),
            "output=" + work.resolve(name),
            // The tokenizer knows no text.
            "max-unknown-rate=1"),
        more);
  }

  /** Runs a job with its settings; the last of equal ones counts. */
  private static JobRun run(Job<?> job, List<String> settings, String... more) {
    return JobRun.of(
        job,
        Stream.concat(settings.stream(), Stream.of(more))
            .map(setting -> job.name() + "." + setting)
            .toArray(String[]::new));
  }

  JobRun taskData(String name, Consumer<Replies> corpus) {
    dialogues(name, corpus);
    mine(name);
    return build(name);
  }

  static Row turn(String speaker, String text) {
    return RowFactory.create(speaker, text, new String[] {"m"});
  }

  List<Row> table(String directory, String table, String... orderedBy) {
    return SparkTestSession.get()
        .read()
        .parquet(work.resolve(directory).resolve(table).toString())
        .orderBy(Stream.of(orderedBy).map(functions::col).toArray(Column[]::new))
        .collectAsList();
  }

  static JobRun done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    return run;
  }

  Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }
}
