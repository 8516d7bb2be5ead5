package io.dialogbert.finetune.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.finetune.train.TinyKinds;
import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.task.TaskSpec.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fine-tuned networks over Parquet files of texts. */
final class InferenceIT {
  @TempDir static Path work;
  private static TinyKinds kinds;

  @BeforeAll
  static void makeInputs() {
    kinds = new TinyKinds(work);
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  @Test
  void predictsTheClassesOfTextsAndSaysWhichHaveNone() throws IOException {
    TinyKinds.done(
        kinds.finetune(Kind.TEXT_CLASSES, "cross", "classifier", "finetune.num-epochs=2"));
    Path input = kinds.texts("texts", 150);
    TinyKinds.done(
        kinds.infer(new PredictJob(), "classifier", input, "predicted", "predict.num-classes=2"));
    List<Row> rows = kinds.results("predicted");
    assertThat(rows).hasSize(150);
    for (int i = 0; i < 150; i++) {
      assertThat(rows.get(i).<Long>getAs("number")).isEqualTo(i);
      List<Row> classes = rows.get(i).isNullAt(1) ? null : rows.get(i).getList(1);
      if (i % 7 == 6) {
        assertThat(classes).isNull();
      } else {
        assertThat(classes).extracting(c -> c.<String>getAs("name")).containsOnlyOnce("no", "yes");
        float first = classes.get(0).getAs("probability");
        float second = classes.get(1).getAs("probability");
        assertThat(first).isGreaterThanOrEqualTo(second);
        assertThat(first + second).isCloseTo(1, within(1e-6f));
      }
    }
    assertThat(kinds.manifest("predicted").counts())
        .containsEntry("rows_out", 150L)
        .containsEntry("rows_without_text", 21L);

    // Batches do not matter: alone, a text has the same classes.
    Path alone = work.resolve("alone");
    SparkTestSession.get()
        .read()
        .parquet(input.toString())
        .filter("number = 40")
        .coalesce(1)
        .write()
        .parquet(alone.toString());
    TinyKinds.done(kinds.infer(new PredictJob(), "classifier", alone, "predicted-alone"));
    Row classAlone = kinds.results("predicted-alone").get(0).<Row>getList(1).get(0);
    Row classAmongOthers = rows.get(40).<Row>getList(1).get(0);
    assertThat(classAlone.<String>getAs("name")).isEqualTo(classAmongOthers.getAs("name"));
    assertThat(classAlone.<Float>getAs("probability"))
        .isCloseTo(classAmongOthers.<Float>getAs("probability"), within(1e-5f));
  }

  @Test
  void predictsTheScoreOfPairsAndEmbedsTexts() throws IOException {
    TinyKinds.done(kinds.finetune(Kind.PAIR_SCORES, "cross", "scorer", "finetune.num-epochs=4"));
    Path input = kinds.texts("pairs", 20);
    TinyKinds.done(
        kinds.infer(new PredictJob(), "scorer", input, "scores", "predict.columns.second=other"));
    assertThat(kinds.results("scores").stream().filter(row -> !row.isNullAt(1)))
        .hasSize(18)
        .allMatch(row -> row.getFloat(1) > -5 && row.getFloat(1) < 10);

    JobRun single = kinds.infer(new PredictJob(), "scorer", input, "refused");
    assertThat(single.exitCode()).as(single.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(single.err()).contains("reads pairs; columns.second must name the second text");

    JobRun embed = kinds.infer(new EmbedJob(), "scorer", input, "refused");
    assertThat(embed.exitCode()).as(embed.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(embed.err()).contains("has a score and makes no sentence vectors");

    TinyKinds.done(kinds.finetune(Kind.PAIR_SCORES, "vectors", "encoder", "finetune.num-epochs=1"));
    TinyKinds.done(kinds.infer(new EmbedJob(), "encoder", input, "vectors"));
    for (Row row : kinds.results("vectors")) {
      if (!row.isNullAt(1)) {
        List<Float> vector = row.getList(1);
        assertThat(vector).hasSize(16);
        assertThat(vector.stream().mapToDouble(v -> (double) v * v).sum())
            .isCloseTo(1, within(1e-5));
      }
    }
  }

  @Test
  void predictsHowWellRepliesFit() {
    TinyKinds.done(kinds.finetuneCrossReplies("fits", "finetune.training.num-steps=20"));
    Path input = kinds.texts("contexts", 10);
    TinyKinds.done(
        kinds.infer(new PredictJob(), "fits", input, "fitting", "predict.columns.second=other"));
    List<Row> rows = kinds.results("fitting");
    assertThat(rows).hasSize(10);
    assertThat(rows.stream().filter(row -> !row.isNullAt(1)).map(row -> row.getFloat(1)).distinct())
        .hasSizeGreaterThan(2)
        .allMatch(Float::isFinite);
    JobRun embed = kinds.infer(new EmbedJob(), "fits", input, "refused");
    assertThat(embed.exitCode()).as(embed.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(embed.err()).contains("has a match and makes no sentence vectors");
  }

  @ParameterizedTest
  @CsvSource({"PAIR_SCORES, spearman", "REPLIES, r100_at_1"})
  void writesPrefixesOfVectorsThatLearned(Kind kind, String figure) throws IOException {
    String model = "nested-" + kind;
    TinyKinds.done(
        kinds.finetune(
            kind, "vectors", model, "finetune.vector-widths=[4, 8]", "finetune.num-epochs=10"));
    TinyKinds.done(kinds.evaluate(model, kind, model + "-scores"));
    Map<String, Double> figures = kinds.manifest(model + "-scores").figures();
    assertThat(figures).containsKeys(figure, figure + "_width_4", figure + "_width_8");
    Path input = kinds.texts(model + "-texts", 10);
    TinyKinds.done(kinds.infer(new EmbedJob(), model, input, model + "-all"));
    TinyKinds.done(kinds.infer(new EmbedJob(), model, input, model + "-short", "embed.width=4"));
    List<Row> all = kinds.results(model + "-all");
    List<Row> shorter = kinds.results(model + "-short");
    for (int i = 0; i < 10; i++) {
      if (!all.get(i).isNullAt(1)) {
        List<Float> whole = all.get(i).getList(1);
        List<Float> prefix = shorter.get(i).getList(1);
        double norm = Math.sqrt(whole.stream().limit(4).mapToDouble(v -> (double) v * v).sum());
        assertThat(prefix).hasSize(4);
        for (int c = 0; c < 4; c++) {
          assertThat(prefix.get(c)).isCloseTo((float) (whole.get(c) / norm), within(1e-5f));
        }
      }
    }
    JobRun other = kinds.infer(new EmbedJob(), model, input, "refused", "embed.width=5");
    assertThat(other.exitCode()).as(other.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(other.err()).contains("width = 5 must be one that ").contains("learned, [4, 8], or");
  }

  @Test
  void namesRowsOfUnknownLanguagesAndGivesThemNoResult() throws IOException {
    TinyKinds.done(
        kinds.finetune(Kind.TEXT_CLASSES, "cross", "languages", "finetune.num-epochs=1"));
    String[] languages = {"ko", "ja", "en", null, "KO"};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(RowFactory.create((long) i, i < 5 ? "오늘 " + i : null, languages[i % 5]));
    }
    Path input = work.resolve("of-languages");
    SparkTestSession.get()
        .createDataFrame(
            rows, StructType.fromDDL("number bigint not null, line string, language string"))
        .write()
        .parquet(input.toString());
    JobRun run =
        TinyKinds.done(
            kinds.infer(
                new PredictJob(),
                "languages",
                input,
                "of-languages-predicted",
                "predict.columns.lang=language"));
    assertThat(run.printed()).contains("6 rows have no result: language must be one of [ko, ja]");
    assertThat(kinds.manifest("of-languages-predicted").counts())
        .containsEntry("rows_out", 10L)
        .containsEntry("rejected.unknown-language", 6L)
        .containsEntry("rows_without_text", 2L);
    assertThat(kinds.results("of-languages-predicted"))
        .filteredOn(row -> !row.isNullAt(1))
        .extracting(row -> row.<Long>getAs("number"))
        .containsExactly(0L, 1L);
  }

  /**
   * The job fails at the last of three files, and is run again with one broken that it finished.
   */
  @Test
  void goesOnWithTheFilesThatAKilledRunDidNotFinish() throws IOException {
    TinyKinds.done(kinds.finetune(Kind.TEXT_CLASSES, "cross", "resumed", "finetune.num-epochs=1"));
    TinyKinds.done(kinds.finetune(Kind.TEXT_CLASSES, "cross", "other", "finetune.num-epochs=2"));
    Path input = kinds.texts("in-parts", 400);
    List<Path> files;
    try (Stream<Path> all = Files.list(input)) {
      files = all.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(2);
    TinyKinds.done(kinds.infer(new PredictJob(), "resumed", input, "unbroken"));

    Path last = files.get(files.size() - 1);
    byte[] wholeLast = garble(last);
    JobRun failed = kinds.infer(new PredictJob(), "resumed", input, "broken");
    assertThat(failed.exitCode()).as(failed.printed()).isEqualTo(JobMain.FAILED);
    assertThat(work.resolve("broken")).doesNotExist();

    restore(last, wholeLast);
    JobRun otherModel = kinds.infer(new PredictJob(), "other", input, "broken", "--resume");
    assertThat(otherModel.exitCode()).as(otherModel.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(otherModel.err())
        .contains("holds parts of another run:\n  input checkpoint is new or has changed");
    JobRun otherSetting =
        kinds.infer(
            new PredictJob(), "resumed", input, "broken", "predict.num-classes=2", "--resume");
    assertThat(otherSetting.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(otherSetting.err()).contains("predict.num-classes was 1, is now 2");

    Path finished = files.get(finishedPart(work.resolve(".broken.unfinished")));
    byte[] wholeFinished = garble(finished);
    JobRun resumed =
        TinyKinds.done(kinds.infer(new PredictJob(), "resumed", input, "broken", "--resume"));
    assertThat(resumed.printed())
        .containsPattern("[1-9] of " + files.size() + " parts were left by an earlier run");
    restore(finished, wholeFinished);
    assertThat(kinds.manifest("broken").files()).isEqualTo(kinds.manifest("unbroken").files());
    assertThat(kinds.manifest("broken").fingerprint())
        .isEqualTo(kinds.manifest("unbroken").fingerprint());
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith(".broken")))
          .isEmpty();
    }
  }

  private static int finishedPart(Path unfinished) throws IOException {
    try (Stream<Path> all = Files.walk(unfinished)) {
      Path marker = all.filter(file -> file.endsWith("_whole")).findFirst().orElseThrow();
      return Integer.parseInt(marker.getParent().getFileName().toString());
    }
  }

  /** Replaces the pages of a file, but not its footer, length or time; returns what it was. */
  private static byte[] garble(Path file) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    byte[] garbled = whole.clone();
    int footer = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt(whole.length - 8);
    Arrays.fill(garbled, 4, whole.length - 8 - footer, (byte) 0x55);
    restore(file, garbled);
    return whole;
  }

  private static void restore(Path file, byte[] bytes) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
    // Hadoop's checksum of what it wrote.
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  @Test
  void refusesInputWithoutTheColumns() throws IOException {
    TinyKinds.done(kinds.finetune(Kind.TEXT_CLASSES, "cross", "any", "finetune.num-epochs=1"));
    Path input = kinds.texts("others", 5);
    JobRun missing =
        kinds.infer(new PredictJob(), "any", input, "refused", "predict.columns.first=nowhere");
    assertThat(missing.exitCode()).as(missing.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(missing.err()).contains("the input must have the columns [nowhere]");
    JobRun number =
        kinds.infer(new PredictJob(), "any", input, "refused", "predict.columns.first=number");
    assertThat(number.exitCode()).as(number.printed()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(number.err()).contains("column number must be text, is BIGINT");
  }
}
