package io.dialogbert.finetune.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.finetune.TinyEncoder;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.finetune.inference.PredictJob;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.model.EncoderConfig;
import io.dialogbert.text.Samples;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.TokenizerMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Named entities from a file of tagged characters to places in texts. */
final class TagsIT {
  private static final String SMILE = "\uD83D\uDE00";

  /** Has more tokens than the layout, and nothing that is shortened because it repeats. */
  private static final String LONG = "구팔칠육오사삼이일일이삼사오육칠팔구일삼오칠구이사육팔";

  private static final int NUM_TEXTS = 400;
  private static final String[] GIVEN = {"수", "진", "호", "영"};
  private static final String[] PLACES = {"서울", "부산", "광주"};
  private static final int MAX_LENGTH = 20;

  @TempDir static Path work;

  @BeforeAll
  static void makeInputs() throws IOException {
    StringBuilder lines = new StringBuilder("## made up\n");
    List<String> texts = new ArrayList<>();
    for (int n = 0; n < NUM_TEXTS; n++) {
      SplittableRandom random = Seeds.of(7, "text", n);
      String name = "김" + pick(random, GIVEN) + pick(random, GIVEN);
      String place = pick(random, PLACES);
      String number = "일이삼사오육칠팔구".charAt(n % 9) + "" + "일이삼사오육칠팔구".charAt(n / 9 % 9);
      String start = n % 3 == 0 ? SMILE + " " : "";
      tag(lines, start, "O");
      tag(lines, name, "PS");
      tag(lines, "는 ", "O");
      tag(lines, place, "LC");
      tag(lines, "에 " + number + "번", "O");
      lines.append('\n');
      texts.add(start + name + "는 " + place + "에 " + number + "번");
    }
    // Too long for the layout.
    tag(lines, LONG, "O");
    tag(lines, "서울", "LC");
    lines.append("\n가\tI-PS\n");
    Files.writeString(work.resolve("train.tsv"), lines);
    SerializedTokenizer tokenizer = Samples.serialized(TokenizerMethod.CHARACTER, texts, 40);
    new StubJob<>(
            new TrainTokenizerJob(),
            job -> Tokenizers.save(job.directories(), job.output(), tokenizer))
        .make("dialogues=unread", "output=" + work.resolve("tokenizer"));
    int vocabSize = tokenizer.tokenizer().vocabulary().size();
    EncoderConfig encoder =
        new EncoderConfig(16, 2, 2, 24, vocabSize, MAX_LENGTH + 2, 2, 2, 0, 0, 0.02, 1e-12);
    TinyEncoder.make(work.resolve("pretrained"), encoder, tokenizer);
    TinyKinds.done(build("data"));
  }

  private static String pick(SplittableRandom random, String[] words) {
    return words[random.nextInt(words.length)];
  }

  private static void tag(StringBuilder lines, String text, String type) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      String tag = type.equals("O") ? "O" : (i == 0 ? "B-" : "I-") + type;
      lines.appendCodePoint(text.codePointAt(i)).append('\t').append(tag).append('\n');
    }
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static JobRun run(Job<?> job, String... settings) {
    return JobRun.of(
        job, Stream.of(settings).map(setting -> job.name() + "." + setting).toArray(String[]::new));
  }

  private static JobRun build(String output, String... more) {
    return run(
        new BuildTaskDataJob(),
        Stream.concat(
                Stream.of(
                    "source=labeled",
                    "tokenizer=" + work.resolve("tokenizer"),
                    "output=" + work.resolve(output),
                    "max-sequence-length=" + MAX_LENGTH,
                    "max-unknown-rate=1",
                    "labeled.name=made-up",
                    "labeled.format=conll",
                    "labeled.kind=tags",
                    "labeled.labels=[PS, LC]",
                    "labeled.mask-personal-data=false",
                    "labeled.train=[\"" + work.resolve("train.tsv") + "\"]"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static JobRun finetune(String output, String... more) {
    return run(
        new FinetuneJob(),
        Stream.concat(
                Stream.of(
                    "task-data=" + work.resolve("data"),
                    "output=" + work.resolve(output),
                    "num-epochs=12",
                    "training.learning-rate=5e-3",
                    "training.batch-size=16",
                    "training.num-workers=1",
                    "training.averaging-frequency=2"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static String checkpoint(String name) {
    return "checkpoint=" + work.resolve(name);
  }

  private static Manifest manifest(String directory) throws IOException {
    return new Directories(new Configuration())
        .manifest(work.resolve(directory).toString())
        .orElseThrow();
  }

  @Test
  void learnsMeasuresAndFindsEntitiesInTheTextAsItIs() throws Exception {
    TinyKinds.done(finetune("tagger", checkpoint("pretrained")));
    Map<String, Double> learned = manifest("tagger").figures();
    assertThat(learned.get("test_entity_f1")).as("%s", learned).isGreaterThan(0.95);
    assertThat(learned.get("test_entity_f1")).isGreaterThan(learned.get("test_entity_f1_before"));

    TinyKinds.done(
        run(
            new EvaluateTaskJob(),
            checkpoint("tagger"),
            "task-data=" + work.resolve("data"),
            "output=" + work.resolve("scores"),
            "num-resamples=20"));
    Map<String, Double> measured = manifest("scores").figures();
    measured.forEach(
        (name, value) -> assertThat(value).as(name).isEqualTo(learned.get("test_" + name)));
    assertThat(measured)
        .containsKeys("character_f1_klue_script", "undecoded_entity_f1_lenient", "entity_macro_f1");

    List<String> texts = List.of(SMILE + "  김수호는  서울에 일구번", "", LONG);
    StructType schema = StructType.fromDDL("number bigint not null, line string");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      rows.add(RowFactory.create((long) i, texts.get(i)));
    }
    SparkTestSession.get()
        .createDataFrame(rows, schema)
        .write()
        .parquet(work.resolve("texts").toString());
    TinyKinds.done(
        run(
            new PredictJob(),
            checkpoint("tagger"),
            "input=[\"" + work.resolve("texts") + "/*.parquet\"]",
            "output=" + work.resolve("found"),
            "columns.id=number",
            "columns.first=line"));
    List<Row> found =
        SparkTestSession.get()
            .read()
            .parquet(work.resolve("found").resolve("data").toString())
            .orderBy("number")
            .collectAsList();
    String text = texts.get(0);
    assertThat(
            found.get(0).<Row>getList(1).stream()
                .map(
                    entity ->
                        entity.getString(3)
                            + " "
                            + text.codePoints()
                                .skip(entity.getInt(0))
                                .limit(entity.getInt(1) - entity.getInt(0))
                                .mapToObj(Character::toString)
                                .collect(Collectors.joining())))
        .containsExactly("PS 김수호", "LC 서울");
    assertThat(found.get(0).<Row>getList(1))
        .allMatch(entity -> entity.getFloat(4) > 0 && entity.getFloat(4) <= 1);
    assertThat(found.get(0).getInt(2)).isEqualTo(text.codePointCount(0, text.length()));
    assertThat(found.get(1).isNullAt(1)).isTrue();
    assertThat(found.get(2).getInt(2)).isBetween(1, MAX_LENGTH);
  }

  @Test
  void countsWhatPiecesCannotSayAndWhatIsNoBio() throws IOException {
    Map<String, Long> counts = manifest("data").counts();
    assertThat(counts)
        .containsEntry("rejected.no-bio-tag", 1L)
        .containsEntry("texts_cut", 1L)
        .containsEntry("entities_out_of_reach.beyond-length", 1L)
        .containsEntry("entities_with_spaces_at_ends", 0L);
    long entities =
        Stream.of("train", "validation", "test").mapToLong(s -> counts.get("entities." + s)).sum();
    long inReach =
        Stream.of("train", "validation", "test")
            .mapToLong(s -> counts.get("entities_in_reach." + s))
            .sum();
    assertThat(entities).isEqualTo(2 * NUM_TEXTS + 1);
    assertThat(inReach).isEqualTo(entities - 1);
  }

  @Test
  void refusesWhatDoesNotFitTags() {
    JobRun masked = build("refused", "labeled.mask-personal-data=true");
    assertThat(masked.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(masked.err()).contains("must be false if kind is tags");

    JobRun unseen = build("refused", "labeled.labels=[PS, LC, DT]");
    assertThat(unseen.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(unseen.err()).contains("every class must have examples in train, but DT has none");

    JobRun unknown = build("refused", "labeled.labels=[PS]");
    assertThat(unknown.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(unknown.err()).contains("unknown-label").doesNotContain("서울");

    JobRun vectors = finetune("refused", checkpoint("pretrained"), "method=vectors");
    assertThat(vectors.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(vectors.err()).contains("finetune.method must be cross for task data of kind tags");

    JobRun weights = finetune("refused", checkpoint("pretrained"), "class-weights=balanced");
    assertThat(weights.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(weights.err()).contains("class-weights must be none where examples have no class");

    JobRun rnn =
        finetune(
            "refused",
            "checkpoint=",
            "rnn.hidden-size=12",
            "rnn.tokenizer=" + work.resolve("tokenizer"));
    assertThat(rnn.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(rnn.err()).contains("finetune.rnn reads whole texts and cannot tag");
  }
}
