package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.example.PretrainExample;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.table.ExampleRows;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.head.Head;
import io.dialogbert.pretrain.EvaluateEncoderJob;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encoder distilled on pretraining examples. */
final class DistillEncoderIT {
  private static final Directories DIRECTORIES = new Directories(new Configuration());

  @TempDir Path work;

  private void examples(JobContext job) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String split : List.of("train", "validation")) {
      for (int i = 0; i < 40; i++) {
        int[] ids = {
          SpecialTokens.CLS,
          8 + i % 5,
          14 + i % 3,
          SpecialTokens.SEP,
          20 + i % 7,
          9,
          SpecialTokens.SEP
        };
        int[] segments = {0, 0, 0, 0, 1, 1, 1};
        rows.add(
            ExampleRows.toRow(
                new PretrainExample(
                    split + "-" + i,
                    List.of(split + i),
                    "ko",
                    split,
                    ids,
                    segments,
                    segments,
                    i % 2,
                    new int[0],
                    new int[0])));
      }
    }
    job.write(
        job.spark().createDataFrame(rows, ExampleRows.ENCODER.schema()).coalesce(1),
        "data",
        "split");
    Tokenizers.saveSettings(job.directories(), job.output(), TinyTasks.tokenizer());
  }

  private JobRun distill(String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "distill-encoder.teacher=" + work.resolve("pretrained"),
                "distill-encoder.examples=" + work.resolve("examples"),
                "distill-encoder.output=" + work.resolve(output),
                "distill-encoder.student.num-hidden-layers=1"));
    return TinyTasks.training(new DistillEncoderJob(), arguments, more);
  }

  private static void done(JobRun run) {
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }

  private ComputationGraph network(String directory) throws IOException {
    return Checkpoint.load(DIRECTORIES, work.resolve(directory).toString()).graph();
  }

  @Test
  void makesAnEncoderThatOtherJobsRead() throws IOException {
    TinyTasks.pretrained(work);
    new StubJob<>(new BuildExamplesJob(), this::examples)
        .make("dialogues=unread", "tokenizer=unread", "output=" + work.resolve("examples"));
    done(distill("small"));
    assertThat(Files.readString(work.resolve("small/metrics.jsonl")))
        .contains("\"soft_loss\"", "\"hidden1_loss\"", "\"mlm_loss\"", "\"nsp_loss\"")
        .doesNotContain("\"hidden0_loss\"");
    ComputationGraph small = network("small");
    assertThat(Graphs.model(small).heads().stream().map(Head::name))
        .containsExactly(Head.MASKED_LM, Head.NEXT_SENTENCE);
    done(
        JobRun.of(
            new EvaluateEncoderJob(),
            "evaluate-encoder.checkpoint=" + work.resolve("small"),
            "evaluate-encoder.examples=" + work.resolve("examples"),
            "evaluate-encoder.split=validation",
            "evaluate-encoder.output=" + work.resolve("evaluated")));
    TinyTasks.taskData(work, "reactions", "응", "아니");
    done(TinyTasks.finetune(work, "small", "reactions", "tuned"));

    // As if it had been killed after two steps.
    Path states = work.resolve("resumed-checkpoints");
    FileUtils.copyDirectory(work.resolve("small-checkpoints").toFile(), states.toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000004").toFile());
    FileUtils.deleteDirectory(states.resolve("step-000000000006").toFile());
    done(distill("resumed", "--resume"));
    // INDArrays are equal if they differ little.
    assertThat(network("resumed").params().toFloatVector())
        .isEqualTo(small.params().toFloatVector());
  }
}
