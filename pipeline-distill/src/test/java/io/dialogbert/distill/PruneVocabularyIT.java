package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.Dialogue;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.dialogue.Turn;
import io.dialogbert.distill.prune.PruneVocabularyJob;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.model.PackedBatch;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.InferenceModel;
import io.dialogbert.model.head.Head;
import io.dialogbert.model.kernel.Precision;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pruning of a vocabulary as a job. */
final class PruneVocabularyIT {
  @TempDir Path work;

  private JobRun prune(String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "prune-vocabulary.checkpoint=" + work.resolve("teacher"),
                "prune-vocabulary.output=" + work.resolve(output)));
    arguments.addAll(List.of(more));
    return JobRun.of(new PruneVocabularyJob(), arguments.toArray(String[]::new));
  }

  @Test
  void takesUnusedPiecesOutAndComputesTheSame() throws IOException {
    TinyTasks.pretrained(work);
    TinyTasks.taskData(work, "reactions", "응", "아니", "글쎄");
    assertThat(TinyTasks.finetune(work, "pretrained", "reactions", "teacher").exitCode())
        .isEqualTo(JobMain.DONE);
    String data = "prune-vocabulary.task-data=" + work.resolve("reactions");
    JobRun run = prune("small", data);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);

    Directories directories = new Directories(new Configuration());
    Manifest manifest = directories.manifest(work.resolve("small").toString()).orElseThrow();
    assertThat(manifest.counts())
        .containsEntry("pieces_before", 50L)
        .containsEntry("held_out.removed", 0L)
        .containsEntry("held_out.unknown", 0L);
    Checkpoint whole = Checkpoint.load(directories, work.resolve("teacher").toString());
    Checkpoint small = Checkpoint.load(directories, work.resolve("small").toString());
    Tokenizer before = whole.tokenizer().tokenizer();
    Tokenizer after = small.tokenizer().tokenizer();
    assertThat(after.vocabulary().size())
        .isLessThan(30)
        .isEqualTo(manifest.counts().get("pieces").intValue());
    assertThat(small.graph().numParams())
        .isEqualTo(whole.graph().numParams() - 16L * (50 - after.vocabulary().size()));
    int[] used = {11, 12, 13, 16, 19};
    assertThat(logits(small, translated(used, before, after))).isEqualTo(logits(whole, used));
    assertThat(Files.readString(work.resolve("small/task.json")))
        .isEqualTo(Files.readString(work.resolve("teacher/task.json")));

    // A network of no task, and with a decoder.
    JobRun pretrained =
        prune("untaught", data, "prune-vocabulary.checkpoint=" + work.resolve("pretrained"));
    assertThat(pretrained.exitCode()).as(pretrained.printed()).isEqualTo(JobMain.DONE);
    assertThat(work.resolve("untaught/task.json")).doesNotExist();
    Checkpoint untaught = Checkpoint.load(directories, work.resolve("untaught").toString());
    assertThat(untaught.tokenizer().sha256()).isEqualTo(small.tokenizer().sha256());
    assertThat(Graphs.model(untaught.graph()).head(Head.MASKED_LM).outputs().size())
        .isEqualTo(after.vocabulary().size());

    dialogues("ko", 9, "ja", 30);
    String spoken = "prune-vocabulary.dialogues=" + work.resolve("dialogues");
    JobRun korean = prune("korean", spoken, "prune-vocabulary.languages=[\"ko\"]");
    assertThat(korean.exitCode()).as(korean.printed()).isEqualTo(JobMain.DONE);
    Tokenizer koreanOnly =
        Checkpoint.loadTokenizer(directories, work.resolve("korean").toString()).tokenizer();
    assertThat(koreanOnly.vocabulary().id(before.vocabulary().piece(9))).isPresent();
    assertThat(koreanOnly.vocabulary().id(before.vocabulary().piece(30))).isEmpty();
    SortedMap<String, Long> lost =
        directories.manifest(work.resolve("korean").toString()).orElseThrow().counts();
    // The held-out turn is the training turn's piece and one more.
    assertThat(lost).containsEntry("held_out.removed", 1L);
    assertThat(lost.get("held_out.unknown")).isEqualTo(lost.get("held_out.unknown_before") + 1);

    JobRun none = prune("none", data, "prune-vocabulary.languages=[\"fr\"]");
    assertThat(none.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(none.err()).contains("reactions has no text in languages = [fr]");
    JobRun rare = prune("rare", data, "prune-vocabulary.min-count=1000");
    assertThat(rare.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(rare.err()).contains("no piece of the vocabulary is used min-count = 1000 times");
    JobRun noText = prune("unread");
    assertThat(noText.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(noText.err()).contains("must be given if task-data is not");
  }

  /** Dialogues of one turn: in training of a token, held out of that and the next. */
  private void dialogues(Object... tokensByLanguage) {
    new StubJob<>(
            new BuildDialoguesJob(),
            job -> {
              List<Row> rows = new ArrayList<>();
              for (int i = 0; i < tokensByLanguage.length; i += 2) {
                int id = (Integer) tokensByLanguage[i + 1];
                String lang = (String) tokensByLanguage[i];
                String token = Character.toString(0x20000 + id);
                String next = Character.toString(0x20000 + id + 1);
                rows.add(dialogue(lang, Splits.TRAIN, token));
                rows.add(dialogue(lang, Splits.TEST, token + next));
              }
              job.write(job.spark().createDataFrame(rows, DialogueRows.SCHEMA), "data");
            })
        .make("messages=unread", "output=" + work.resolve("dialogues"));
  }

  private static Row dialogue(String lang, String split, String text) {
    return DialogueRows.toRow(
        new Dialogue(
            lang + split,
            lang + split,
            lang,
            split,
            Instant.EPOCH,
            List.of(new Turn("one", text, List.of("m")))));
  }

  private static int[] translated(int[] ids, Tokenizer before, Tokenizer after) {
    return IntStream.of(ids)
        .map(id -> after.vocabulary().id(before.vocabulary().piece(id)).orElseThrow())
        .toArray();
  }

  private static float[][] logits(Checkpoint checkpoint, int[] ids) {
    PackedBatch.Builder batch = PackedBatch.builder();
    batch.add(ids, new int[ids.length], new int[ids.length]);
    return InferenceModel.of(checkpoint.graph(), Precision.FLOAT32)
        .predict(batch.build(), Head.CLASSIFIER);
  }
}
