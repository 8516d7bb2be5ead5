package io.dialogbert.respond.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.index.BuildIndexJob;
import io.dialogbert.finetune.objective.ClassObjective;
import io.dialogbert.finetune.objective.ReplyObjective;
import io.dialogbert.finetune.objective.ReplyScoreObjective;
import io.dialogbert.finetune.objective.ScoreObjective;
import io.dialogbert.finetune.objective.SentenceVectorObjective;
import io.dialogbert.finetune.train.FinetuneJob;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.table.DialogueRows;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.head.InBatchLoss;
import io.dialogbert.model.head.ModelConfig;
import io.dialogbert.model.head.Weight;
import io.dialogbert.respond.Context;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.nd4j.linalg.schedule.FixedSchedule;

/** A few dialogues, and untrained networks that read them. */
public final class TinyWorld {
  /** Query, reply, number of people who exchanged them. */
  private static final Object[][] KOREAN = {
    {"안녕하세요", "네 안녕하세요", 4},
    {"뭐 해", "밥 먹어", 3},
    {"뭐 해", "그냥 있어", 5},
    {"점심 먹었어", "아직 안 먹었어", 3},
    {"우리 집에 갈래", "[ADDRESS]로 갈게", 6},
    {"아무도 모르는 말", "나만 아는 말", 1}
  };

  private static final Object[][] JAPANESE = {{"元気ですか", "元気です", 3}, {"何してる", "ごはん食べてる", 4}};

  /** A reaction that was frequent. */
  static final String FREQUENT = "싫어";

  private static final int HIDDEN = 8;

  private final Path work;
  private final SerializedTokenizer tokenizer = ofCharacters();

  /**
   * Makes the dialogues and the networks {@code vectors}, {@code others}, {@code reply-pair},
   * {@code pair}, {@code same} and {@code reactions}.
   */
  public TinyWorld(Path work) {
    this.work = work;
    new StubJob<>(new BuildDialoguesJob(), TinyWorld::dialogues)
        .make("messages=unread", "output=" + work.resolve("dialogues"));
    Layout layout = new Layout(16, 3, true);
    TaskSpec replies =
        new TaskSpec("replies", TaskSpec.Kind.REPLIES, layout, List.of(), TaskSpec.Range.NONE);
    ReplyObjective vectors =
        new ReplyObjective(
            replies, new InBatchLoss("", SentenceVectorObjective.HEAD, Weight.ONE, 20));
    network("vectors", replies, vectors.model(encoder()), 1);
    network("others", replies, vectors.model(encoder()), 2);
    network("reply-pair", replies, new ReplyScoreObjective(replies, 0).model(encoder()), 6);
    TaskSpec scores =
        new TaskSpec(
            "same", TaskSpec.Kind.PAIR_SCORES, layout, List.of(), new TaskSpec.Range(0, 5));
    network("pair", scores, new ScoreObjective(scores).model(encoder()), 3);
    TaskSpec classes =
        new TaskSpec(
            "same",
            TaskSpec.Kind.PAIR_CLASSES,
            layout,
            List.of(new TaskSpec.ClassName("", "다름"), new TaskSpec.ClassName("", "같음")),
            TaskSpec.Range.NONE);
    network("same", classes, ClassObjective.ofLabels(classes).model(encoder()), 5);
    TaskSpec reactions =
        new TaskSpec(
            "reactions",
            TaskSpec.Kind.REACTIONS,
            layout,
            List.of(
                new TaskSpec.ClassName("ko", "좋아"),
                new TaskSpec.ClassName("ko", FREQUENT),
                new TaskSpec.ClassName("ja", "はい")),
            TaskSpec.Range.NONE,
            List.of(2L, 1_000_000L, 3L));
    network("reactions", reactions, ClassObjective.ofLabels(reactions).model(encoder()), 4);
  }

  EncoderConfig encoder() {
    return new EncoderConfig(
        HIDDEN, 1, 2, 12, tokenizer.tokenizer().vocabulary().size(), 16, 2, 2, 0, 0, 0.5, 1e-12);
  }

  SerializedTokenizer tokenizer() {
    return tokenizer;
  }

  /** The characters of all texts. */
  private static SerializedTokenizer ofCharacters() {
    List<Piece> pieces = new ArrayList<>();
    for (String token : SpecialTokens.ALL) {
      PieceType type = pieces.size() == SpecialTokens.UNK ? PieceType.UNKNOWN : PieceType.CONTROL;
      pieces.add(new Piece(token, 0, type));
    }
    TreeSet<String> characters = new TreeSet<>(List.of("\u2581"));
    Stream.of(KOREAN, JAPANESE)
        .flatMap(Stream::of)
        .flatMap(pair -> Stream.of((String) pair[0], (String) pair[1]))
        .flatMapToInt(String::codePoints)
        .filter(Character::isLetter)
        .forEach(letter -> characters.add(Character.toString(letter)));
    characters.forEach(letter -> pieces.add(new Piece(letter, -4, PieceType.NORMAL)));
    return SerializedTokenizer.of(
        pieces,
        new TokenizerSettings(TokenizerMethod.SUBWORD, new Normalizer(2, false), List.of()));
  }

  private static void dialogues(JobContext job) throws IOException {
    List<Row> rows = new ArrayList<>();
    Object[][][] languages = {KOREAN, JAPANESE};
    for (int language = 0; language < languages.length; language++) {
      for (Object[] pair : languages[language]) {
        for (int person = 0; person < (int) pair[2]; person++) {
          String id = "dialogue-" + rows.size();
          rows.add(
              RowFactory.create(
                  id,
                  id,
                  Context.LANGUAGES.get(language),
                  "train",
                  Instant.EPOCH,
                  new Row[] {
                    turn("asks" + person, (String) pair[0]),
                    turn("answers" + person, (String) pair[1])
                  }));
        }
      }
    }
    job.write(job.spark().createDataFrame(rows, DialogueRows.SCHEMA).repartition(3), "data");
  }

  private static Row turn(String speaker, String text) {
    return RowFactory.create(speaker, text, new String[] {speaker + text});
  }

  private void network(String name, TaskSpec spec, ModelConfig model, long seed) {
    TrainingSettings settings =
        new TrainingSettings(
            new FixedSchedule(0.01), 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW);
    new StubJob<>(
            new FinetuneJob(),
            job -> {
              new Checkpoint(Graphs.create(model, settings, seed), tokenizer, 0)
                  .save(job.directories(), job.output());
              Tasks.save(job, spec);
            })
        .make("checkpoint=unread", "task-data=unread", "output=" + work.resolve(name));
  }

  /** A path in the directory of all. */
  public String path(String name) {
    return work.resolve(name).toString();
  }

  /** Runs build-index with {@code vectors} for both tables. */
  public JobRun index(String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "build-index.dialogues=" + path("dialogues"),
                "build-index.similarity=" + path("vectors"),
                "build-index.reply=" + path("vectors"),
                "build-index.output=" + path(output)));
    arguments.addAll(List.of(more));
    return JobRun.of(new BuildIndexJob(), arguments.toArray(String[]::new));
  }

  /** Makes an index; fails if that does. */
  public void makeIndex(String output, String... more) {
    JobRun run = index(output, more);
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
  }
}
