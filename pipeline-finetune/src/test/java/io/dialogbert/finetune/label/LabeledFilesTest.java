package io.dialogbert.finetune.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.task.label.LabeledText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Made-up files of each format, with each kind of trouble. */
class LabeledFilesTest {
  private static final Configuration HADOOP = new Configuration();
  private static final String[] PAIRS = {"columns.first=a", "columns.second=b", "columns.label=y"};

  @TempDir private Path temp;

  private static LabeledFilesConfig config(String... settings) {
    List<String> all = new ArrayList<>(List.of("build-task-data.labeled.train=[somewhere]"));
    if (Stream.of(settings).noneMatch(setting -> setting.startsWith("labels"))) {
      all.add("build-task-data.labeled.labels=[\"0=same\", \"1=other\"]");
    }
    Stream.of(settings).forEach(setting -> all.add("build-task-data.labeled." + setting));
    ConfigReader reader = ConfigReader.open(Optional.empty(), all);
    LabeledFilesConfig config =
        LabeledFilesConfig.read(reader.section("build-task-data").section("labeled"));
    reader.finish("build-task-data");
    return config;
  }

  private static LabeledFilesConfig pairs(String... settings) {
    return config(Stream.concat(Stream.of(PAIRS), Stream.of(settings)).toArray(String[]::new));
  }

  private Path write(String name, String text) throws IOException {
    return Files.write(temp.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private static LabeledFiles.Result read(LabeledFilesConfig config, Path... files)
      throws IOException {
    return LabeledFiles.read(Map.of(Splits.TRAIN, list(files)), config, HADOOP);
  }

  private static List<FileStatus> list(Path... files) throws IOException {
    List<FileStatus> listed = new ArrayList<>();
    for (Path file : files) {
      listed.add(
          FileSystem.getLocal(HADOOP)
              .getFileStatus(new org.apache.hadoop.fs.Path(file.toUri().toString())));
    }
    return listed;
  }

  /** The examples as {@code row first|second|label or score}. */
  private static List<String> examples(LabeledFiles.Result result) {
    return result.examples().get(Splits.TRAIN).stream()
        .map(
            text ->
                text.row()
                    + " "
                    + text.first()
                    + "|"
                    + text.second()
                    + "|"
                    + (text.label().isEmpty() ? text.score() : text.label()))
        .toList();
  }

  private static List<String> rejects(LabeledFiles.Result result) {
    return result.rejects().stream()
        .map(reject -> reject.file() + " " + reject.row() + " " + reject.reason())
        .toList();
  }

  @Test
  void quotesOfTsvAreText() throws Exception {
    LabeledFiles.Result result =
        read(pairs(), write("a.tsv", "a\tb\ty\n\"가\t나\" 다\t0\n\"라\"\t마\"\"\t1\n"));
    assertThat(examples(result)).containsExactly("2 \"가|나\" 다|same", "3 \"라\"|마\"\"|other");
    assertThat(result.rejects()).isEmpty();
  }

  @Test
  void quotesOfCsvEncloseDelimitersAndLineBreaks() throws Exception {
    LabeledFiles.Result result =
        read(
            pairs("format=csv"),
            write("a.csv", "a,b,y\r\n\"가, \"\"나\"\"\r\n다\",라,0\r\n마,\"바\",1\r\n"));
    assertThat(examples(result)).containsExactly("2 가, \"나\"\n다|라|same", "4 마|바|other");
  }

  @Test
  void oneBadQuoteOfCsvCostsOneRow() throws Exception {
    LabeledFiles.Result result =
        read(pairs("format=csv"), write("a.csv", "a,b,y\n가,나,0\n\"다,라,1\n마,바,1\n사,아,0\n"));
    assertThat(examples(result)).containsExactly("2 가|나|same", "4 마|바|other", "5 사|아|same");
    assertThat(rejects(result)).containsExactly("a.csv 3 unclosed-quote");
  }

  @Test
  void columnsAreFoundByTheHeaderOfEachFile() throws Exception {
    LabeledFiles.Result result =
        read(
            pairs(),
            write("1.tsv", "\uFEFFid\ta\tb\ty\r\n1\t가\t나\t0\r\n"),
            write("2.tsv", "y\tb\tid\ta\r\n1\t라\t2\t다\r\n"));
    assertThat(examples(result)).containsExactly("2 가|나|same", "2 다|라|other");
    assertThat(result.examples().get(Splits.TRAIN))
        .extracting(LabeledText::exampleId)
        .containsExactly("1.tsv-2", "2.tsv-2");
  }

  @Test
  void columnsMayBePlaces() throws Exception {
    String[] places = {"columns.first=\"#2\"", "columns.label=\"#0\""};
    assertThat(
            examples(
                read(
                    config(places[0], places[1], "header=false"),
                    write("a.tsv", "0\tx\t가\r\n1\tx\t나\r\n"))))
        .containsExactly("1 가||same", "2 나||other");
    assertThat(examples(read(config(places), write("b.tsv", "label\tskip\ttext\n1\tx\t다\n"))))
        .containsExactly("2 다||other");
  }

  @Test
  void rowsOfAnotherWidthAreRejected() throws Exception {
    LabeledFiles.Result result =
        read(
            config("columns.first=\"#1\"", "columns.label=\"#0\"", "header=false"),
            write("a.tsv", "0\t가\n0\t나\t다\n1\n\n  \n1\t라\n"));
    assertThat(examples(result)).containsExactly("1 가||same", "6 라||other");
    assertThat(rejects(result))
        .containsExactly("a.tsv 2 wrong-number-of-columns", "a.tsv 3 wrong-number-of-columns");
    assertThat(result.rowsIn()).isEqualTo(4);
    assertThat(
            rejects(
                read(
                    config("columns.first=\"#7\"", "columns.label=\"#0\"", "header=false"),
                    write("b.tsv", "0\t가\n"))))
        .containsExactly("b.tsv 1 missing-field");
  }

  @Test
  void eachBrokenRowIsCountedUnderItsRule() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write("a\tb\ty\n가\t나\t2\n\t나\t0\n가\t\t0\n".getBytes(StandardCharsets.UTF_8));
    bytes.write(new byte[] {'x', (byte) 0xFF, '\t', 'y', '\t', '0', '\n'});
    bytes.write("가\t나\t1".getBytes(StandardCharsets.UTF_8));
    Path file = Files.write(temp.resolve("a.tsv"), bytes.toByteArray());
    LabeledFiles.Result result = read(pairs(), file);
    assertThat(examples(result)).containsExactly("6 가|나|other");
    assertThat(rejects(result))
        .containsExactly(
            "a.tsv 2 unknown-label",
            "a.tsv 3 empty-text",
            "a.tsv 4 empty-text",
            "a.tsv 5 not-utf-8");
    assertThat(result.rejectsByReason())
        .isEqualTo(Map.of("unknown-label", 1L, "empty-text", 2L, "not-utf-8", 1L));
    assertThat(result.badFile()).isFalse();
  }

  @Test
  void jsonHasStringsNumbersAndBooleans() throws Exception {
    LabeledFiles.Result result =
        read(
            pairs("format=json", "labels=[\"true=yes\", \"0=no\"]"),
            write(
                "a.json",
                """
                {"a": "가", "b": "나", "y": true, "more": [1]}
                {"y": 0, "b": "라", "a": "다"}

                {"a": "가", "b": null, "y": 0}
                {"a": ["가"], "b": "나", "y": 0}
                {"a": "가", "b": "나"}
                {"a": "가", "a": "나", "b": "나", "y": 0}
                {"a": "가", "b": "나", "y": 0} {}
                "가"
                """));
    assertThat(examples(result)).containsExactly("1 가|나|yes", "2 다|라|no");
    assertThat(rejects(result))
        .containsExactly(
            "a.json 4 missing-field",
            "a.json 5 wrong-type",
            "a.json 6 missing-field",
            "a.json 7 not-json",
            "a.json 8 not-json",
            "a.json 9 not-json");
  }

  @Test
  void scoresOfJsonAreNumbersOrStrings() throws Exception {
    LabeledFiles.Result result =
        read(
            config("format=json", "kind=score", "labels=[]"),
            write(
                "a.json",
                """
                {"text": "가", "label": 3.4}
                {"text": "나", "label": "5"}
                {"text": "다", "label": -0.1}
                """));
    assertThat(examples(result)).containsExactly("1 가||3.4", "2 나||5.0");
    assertThat(rejects(result)).containsExactly("a.json 3 score-out-of-range");
  }

  @Test
  void parquetHasStringsNumbersAndBooleans() throws Exception {
    String schema =
        "message m { optional binary text (STRING); optional %s label; required int32 other; }";
    assertThat(examples(read(config("format=parquet"), parquet("1", schema, "int64", 1L))))
        .containsExactly("1 가||other");
    assertThat(examples(read(config("format=parquet"), parquet("2", schema, "int32", 0))))
        .containsExactly("1 가||same");
    assertThat(
            examples(
                read(
                    config("format=parquet", "kind=score", "labels=[]"),
                    parquet("3", schema, "double", 2.5))))
        .containsExactly("1 가||2.5");
    assertThat(
            examples(
                read(
                    config("format=parquet", "labels=[\"true\", \"false\"]"),
                    parquet("4", schema, "boolean", true))))
        .containsExactly("1 가||true");
    LabeledFiles.Result none = read(config("format=parquet"), parquet("5", schema, "int32", null));
    assertThat(rejects(none)).containsExactly("5.parquet 1 missing-field");
  }

  @Test
  void parquetOfAnotherShapeIsRefused() throws Exception {
    LabeledFiles.Result time =
        read(
            config("format=parquet"),
            parquet(
                "1",
                "message m { optional binary text (STRING); optional %s label"
                    + " (TIMESTAMP(MILLIS,true)); }",
                "int64",
                1L));
    assertThat(time.badFile()).isTrue();
    assertThat(time.rejects().get(0).rule())
        .isEqualTo(
            "the column label must be of strings, integers, floating-point numbers or booleans");
    LabeledFiles.Result missing =
        read(
            config("format=parquet", "columns.first=body"),
            parquet("2", "message m { optional binary text; optional %s label; }", "int64", 1L));
    assertThat(missing.rejects().get(0).rule()).isEqualTo("there must be a column body");
    Path broken = write("3.parquet", "PAR1 this is no Parquet PAR1");
    LabeledFiles.Result damaged = read(config("format=parquet"), broken);
    assertThat(rejects(damaged)).containsExactly("3.parquet 1 unreadable-file");
  }

  private Path parquet(String name, String schema, String type, Object label) throws IOException {
    MessageType message = MessageTypeParser.parseMessageType(schema.formatted(type));
    Path file = temp.resolve(name + ".parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(message)
            .build()) {
      Group row = new SimpleGroupFactory(message).newGroup().append("text", "가");
      if (label instanceof Long number) {
        row.add("label", number);
      } else if (label instanceof Integer number) {
        row.add("label", number);
      } else if (label instanceof Double number) {
        row.add("label", number);
      } else if (label instanceof Boolean bool) {
        row.add("label", bool);
      }
      if (message.containsField("other")) {
        row.add("other", 1);
      }
      writer.write(row);
    }
    return file;
  }

  @Test
  void gzipIsUnpackedAndATruncatedOneFails() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("text\tlabel\n가\t0\n".getBytes(StandardCharsets.UTF_8));
    }
    Path whole = Files.write(temp.resolve("a.tsv.gz"), bytes.toByteArray());
    assertThat(examples(read(config(), whole))).containsExactly("2 가||same");
    byte[] half = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 12);
    LabeledFiles.Result torn = read(config(), Files.write(temp.resolve("b.tsv.gz"), half));
    assertThat(torn.badFile()).isTrue();
    assertThat(torn.rejects()).extracting(LabeledFiles.Reject::reason).contains("unreadable-file");
  }

  @Test
  void filesOfWrongColumnsOrEncodingFailAsAWhole() throws Exception {
    assertBadFile(pairs(), "a\tb\n가\t나\n", "wrong-columns", "the header must have the column y");
    assertBadFile(
        pairs(),
        "a\tb\ty\ty\n가\t나\t0\t0\n",
        "wrong-columns",
        "the header must have the column y once");
    assertBadFile(config(), "", "wrong-columns", "a file must have a header");
    assertBadFile(
        config("columns.first=\"#4\""),
        "text\tlabel\n가\t0\n",
        "wrong-columns",
        "the header must have 5 columns for #4");
    Path korean =
        Files.write(
            temp.resolve("cp949.tsv"),
            "text\tlabel\n안녕하세요 반갑습니다\t0\n".getBytes(Charset.forName("x-windows-949")));
    LabeledFiles.Result result = read(config(), korean);
    assertThat(result.badFile()).isTrue();
    assertThat(result.rejects().get(0).reason()).isEqualTo("wrong-encoding");
  }

  private void assertBadFile(LabeledFilesConfig config, String text, String reason, String rule)
      throws IOException {
    LabeledFiles.Result result = read(config, write("bad.tsv", text));
    assertThat(result.badFile()).isTrue();
    assertThat(result.rejects())
        .containsExactly(new LabeledFiles.Reject(Splits.TRAIN, "bad.tsv", 1, reason, rule));
  }

  @Test
  void splitsHaveTheirOwnFiles() throws Exception {
    Map<String, List<FileStatus>> files = new LinkedHashMap<>();
    files.put(Splits.TRAIN, list(write("train.tsv", "text\tlabel\n가\t0\n")));
    files.put(Splits.VALIDATION, List.of());
    files.put(Splits.TEST, list(write("test.tsv", "label\ttext\n1\t나\n")));
    LabeledFiles.Result result = LabeledFiles.read(files, config(), HADOOP);
    assertThat(result.examples().keySet()).containsExactly(Splits.TRAIN, Splits.TEST);
    assertThat(result.examples().get(Splits.TEST))
        .containsExactly(new LabeledText("test.tsv", 2, "나", "", "other", Double.NaN, ""));
    files.put(Splits.VALIDATION, files.get(Splits.TEST));
    assertThatThrownBy(() -> LabeledFiles.read(files, config(), HADOOP))
        .isInstanceOf(BadInputException.class)
        .hasMessage("a file must be in one split, but test.tsv is in two");
  }

  @Test
  void rowsBeyondWhatADriverHoldsAreRefused() throws Exception {
    Path file = write("a.tsv", "text\tlabel\n가\t0\n나\t0\n다\t0\n");
    Map<String, List<FileStatus>> files = Map.of(Splits.TRAIN, list(file));
    assertThat(LabeledFiles.read(files, config(), HADOOP, 3).rowsIn()).isEqualTo(3);
    assertThatThrownBy(() -> LabeledFiles.read(files, config(), HADOOP, 2))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "labeled files are read in memory and must have at most 2 rows together; a.tsv exceeds"
                + " this in row 4");
  }
}
