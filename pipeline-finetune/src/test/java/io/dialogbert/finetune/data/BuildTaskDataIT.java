package io.dialogbert.finetune.data;

import static io.dialogbert.finetune.data.TaskDataChain.dialogue;
import static io.dialogbert.finetune.data.TaskDataChain.done;
import static io.dialogbert.finetune.data.TaskDataChain.turn;
import static io.dialogbert.text.piece.SpecialTokens.SEPT;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.TinyEncoder;
import io.dialogbert.finetune.train.FinetuneJob;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Task data of dialogues in which some reactions, or whole splits, do not occur. */
final class BuildTaskDataIT {
  private static final SerializedTokenizer TOKENIZER = TinyTokenizer.of(50, 2);

  @TempDir static Path work;

  private static TaskDataChain chain;

  @BeforeAll
  static void makeInputs() {
    chain = new TaskDataChain(work);
    chain.tokenizer(TOKENIZER);
    TinyEncoder.make(
        work.resolve("pretrained"),
        new EncoderConfig(4, 1, 2, 6, 50, 48, 2, 2, 0.1, 0.1, 0.02, 1e-12),
        TOKENIZER);
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
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
        chain.taskData(
            "unheard",
            replies -> {
              replies.add("train", "좋아", 4);
              replies.add("train", "싫어", 3);
              replies.add("test", "좋아", 1);
              // Too rare to be a class.
              replies.add("validation", "글쎄", 2);
            }));
    assertThat(chain.manifest("unheard").counts())
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
        chain.taskData(
            "lopsided",
            replies -> {
              replies.add("train", "좋아", 5);
              replies.add("train", "싫어", 3);
              replies.add("validation", "싫어", 2);
              replies.add("test", "싫어", 2);
            }));
    done(finetune("lopsided", "lopsided-model"));
    assertThat(chain.manifest("lopsided-model").figures())
        .containsEntry("baseline_most_frequent_class_accuracy", 0.0);
    assertThat(chain.manifest("lopsided-model").counts()).containsEntry("test_examples", 2L);
  }

  @Test
  void refusesReactionsOfOneClass() {
    JobRun run =
        chain.taskData(
            "single",
            replies -> {
              replies.add("train", "좋아", 5);
              replies.add("train", "싫어", 2);
              replies.add("test", "싫어", 5);
            });
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("a task needs at least 2 classes, " + work.resolve("single-classes") + " has 1");
    assertThat(work.resolve("single")).doesNotExist();
  }

  @Test
  void numbersClassesWithoutGapsAndKeepsTheirMinedIds() throws IOException {
    Consumer<TaskDataChain.Replies> corpus =
        replies -> {
          replies.add("train", "좋아요ㅋㅋ", 4);
          replies.add("train", "싫어", 3);
          replies.add("train", "글쎄", 6);
          replies.add("train", "왜?", 3);
          replies.add("test", "좋네", 1);
        };
    chain.dialogues("gaps", corpus);
    chain.mine(
        "gaps",
        "mapping="
            + Files.writeString(
                work.resolve("gaps.tsv"),
                """
                class_id\tlang\tdisplay\tkey\tmember\tcount\tnote
                9\tko\tx\tx\t좋아요\t0\t
                4\tko\tx\tx\t싫어\t0\t
                2\tko\tx\tx\t글쎄\t0\tdrop
                7\tko\tx\tx\t왜?\t0\t
                """));
    done(chain.build("gaps"));
    assertThat(chain.table("gaps", "classes", "class_id"))
        .extracting(row -> row.mkString(" "))
        .containsExactly("0 4 ko 싫어 3 3", "1 7 ko 왜? 3 3", "2 9 ko 좋아요 4 4");
    TaskSpec spec =
        TaskSpec.fromJson(Files.readString(work.resolve("gaps/task.json")), "task.json");
    assertThat(spec.classes())
        .extracting(TaskSpec.ClassName::name)
        .containsExactly("싫어", "왜?", "좋아요");
    assertThat(spec.classCounts()).containsExactly(3L, 3L, 4L);
    // 좋네 is of the class, though no member of the table; 글쎄 was dropped.
    assertThat(chain.table("gaps", "data", "split", "label"))
        .extracting(row -> row.getAs("split") + " " + row.getAs("label"))
        .containsExactly(
            "test 2", "train 0", "train 0", "train 0", "train 1", "train 1", "train 1", "train 2",
            "train 2", "train 2", "train 2");
    assertThat(chain.manifest("gaps").counts())
        .containsEntry("num_classes", 3L)
        .containsEntry("replies.ko", 17L)
        .containsEntry("replies_outside_of_all_classes.ko", 6L)
        .containsEntry("classes_without_training_examples", 0L);
    assertThat(chain.manifest("gaps").figures())
        .containsEntry("outside_of_all_classes_ratio.ko", 6 / 17.0);
    assertThat(chain.manifest("gaps").inputs())
        .extracting(Manifest.Input::name)
        .contains("dialogues", "reactions", "tokenizer", "reaction-rules");
  }

  @Test
  void leavesOutDialoguesWithThreatsAsTheMinerDoes() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      rows.add(dialogue(i, "train", turn("a", "오늘 어때"), turn("b" + i % 3, i < 4 ? "좋아" : "싫어")));
    }
    rows.add(dialogue(8, "train", turn("a", "칼로 찌른다"), turn("b", "좋아")));
    chain.writeDialogues("threat", rows);
    chain.mine("threat");
    done(chain.build("threat"));
    assertThat(chain.manifest("threat-classes").counts()).containsEntry("rejected.threat", 1L);
    assertThat(chain.manifest("threat").counts())
        .containsEntry("examples.train", 8L)
        .containsEntry("replies_outside_of_all_classes.ko", 1L);
  }

  @Test
  void leavesOutWhatTheMinerWasToldIsHarmful() throws IOException {
    chain.dialogues(
        "harmful",
        replies -> {
          replies.add("train", "좋아", 4);
          replies.add("train", "싫어", 4);
          // Has the key of 좋아, by which it would be of its class.
          replies.add("test", "좋네요", 1);
        });
    chain.mine("harmful", "harmful-patterns=" + Files.writeString(work.resolve("h.txt"), "^좋네"));
    done(chain.build("harmful"));
    assertThat(chain.manifest("harmful").counts())
        .containsEntry("examples.train", 8L)
        .containsEntry("examples.test", 0L);
  }

  @Test
  void saysWhichClassesHaveNoTrainingExamples() throws IOException {
    chain.dialogues(
        "rich",
        replies -> {
          replies.add("train", "좋아", 5);
          replies.add("train", "왜?", 4);
          replies.add("train", "싫어", 3);
        });
    chain.mine("rich");
    chain.dialogues(
        "poor",
        replies -> {
          replies.add("train", "좋아", 1);
          replies.add("train", "싫어", 1);
          replies.add("test", "왜?", 1);
        });
    String classes = "reactions=" + work.resolve("rich-classes");
    JobRun run = done(chain.build("poor", classes));
    assertThat(run.printed())
        .contains("classes without training examples, by their mined ids: [1]")
        .contains("rich-classes was mined from other dialogues than ");
    assertThat(chain.manifest("poor").counts())
        .containsEntry("classes_without_training_examples", 1L)
        .containsEntry("num_classes", 3L);

    chain.dialogues("poorest", replies -> replies.add("train", "좋아", 2));
    JobRun refused = chain.build("poorest", classes);
    assertThat(refused.exitCode()).as(refused.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(refused.err()).contains("1 of the 3 classes of ").contains(", at least 2 must;");
    assertThat(work.resolve("poorest")).doesNotExist();
  }

  @Test
  void refusesReactionsOfAnotherJobAndTheirAbsence() {
    chain.dialogues("wrong", replies -> replies.add("train", "좋아", 2));
    JobRun run = chain.build("wrong", "reactions=" + work.resolve("wrong-dialogues"));
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("wrong-dialogues").contains("mine-reactions");
    JobRun none = chain.build("wrong", "reactions=");
    assertThat(none.exitCode()).as(none.printed()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(none.err()).contains("build-task-data.reactions");
  }

  @Test
  void givesRepliesOfOneClassOneKey() {
    chain.dialogues(
        "keys",
        replies -> {
          replies.add("train", "좋아", 4);
          replies.add("train", "좋아요!!", 4);
          replies.add("train", "싫어", 4);
          replies.add("train", "글쎄", 1);
          replies.add("train", "글쎄...", 1);
        });
    chain.mine("keys");
    done(chain.build("keys", "source=replies"));
    List<Row> byReply = chain.table("keys", "data", "example_id");
    assertThat(byReply).extracting(row -> row.getAs("label")).containsOnly(-1);
    List<Integer> keys = byReply.stream().map(row -> row.<Integer>getAs("key")).distinct().toList();
    assertThat(keys).hasSize(3);

    done(chain.build("keys", "source=replies", "reactions=", "output=" + work.resolve("letters")));
    assertThat(chain.table("letters", "data", "key"))
        .extracting(row -> row.<Integer>getAs("key"))
        .doesNotContainAnyElementsOf(keys.subList(0, 2))
        .containsAnyElementsOf(keys)
        .satisfies(all -> assertThat(all.stream().distinct()).hasSize(4));
  }

  /** Examples of a split whose context has one turn. */
  private static long ofOneTurn(String directory, String split) {
    return chain.table(directory, "data", "example_id").stream()
        .filter(row -> row.<String>getAs("split").equals(split))
        .filter(row -> !row.<Integer>getList(row.fieldIndex("input_ids")).contains(SEPT))
        .count();
  }

  @Test
  void showsAShareOfTheTrainingContextsByTheirLastTurn() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rows.add(
          dialogue(
              i,
              i % 2 == 0 ? "train" : "test",
              turn("a", "오늘 어때"),
              turn("b", "오늘 3시에 보자"),
              turn("a" + i % TaskDataChain.SENDERS, i % 4 < 2 ? "좋아" : "싫어")));
    }
    chain.writeDialogues("turns", rows);
    chain.mine("turns");
    done(chain.build("turns"));
    assertThat(ofOneTurn("turns", "train")).isZero();
    String classes = "reactions=" + work.resolve("turns-classes");
    done(
        chain.build("turns", classes, "single-turn-share=1", "output=" + work.resolve("one-turn")));
    assertThat(ofOneTurn("one-turn", "train")).isEqualTo(100);
    assertThat(ofOneTurn("one-turn", "test")).isZero();
    done(chain.build("turns", classes, "single-turn-share=0.4", "output=" + work.resolve("some")));
    // 40, within four standard deviations of a binomial.
    assertThat(ofOneTurn("some", "train")).isBetween(20L, 60L);
    assertThat(ofOneTurn("some", "test")).isZero();
    done(chain.build("turns", classes, "max-context-turns=1", "output=" + work.resolve("short")));
    assertThat(ofOneTurn("short", "test")).isEqualTo(100);
  }
}
