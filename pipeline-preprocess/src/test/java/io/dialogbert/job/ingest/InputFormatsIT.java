package io.dialogbert.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.InputFormat;
import io.dialogbert.job.ingest.read.InputPart;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.job.ingest.read.RowReader;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import io.dialogbert.sample.SampleCorpus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same messages make the same table, whatever their format and however the files are split. */
class InputFormatsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ZoneId ZONE = ZoneId.of("Asia/Seoul");
  private static final int NUM_MESSAGES = 1_200;

  @TempDir private static Path temp;

  private static SampleChain chain;

  /** Complete rows of the sample, in the fields of {@code reference.conf}. */
  private static final List<Map<String, String>> MESSAGES = new ArrayList<>();

  private static Path json;
  private static List<String> expected;

  @BeforeAll
  static void ingestJson() throws IOException {
    chain = SampleChain.shared();
    SampleCorpus corpus = new SampleCorpus(SampleChain.SAMPLE);
    corpus.lines(0, planted -> {}).forEachRemaining(InputFormatsIT::addWhole);
    assertThat(MESSAGES).hasSizeGreaterThan(NUM_MESSAGES - 1);
    MESSAGES.subList(NUM_MESSAGES, MESSAGES.size()).clear();
    MESSAGES.get(7).put("text", "그가 \"좋아, 그럼\"\n이라고 했다");
    json = temp.resolve("whole/export.jsonl");
    Files.createDirectories(json.getParent());
    writeJson(json, MESSAGES);
    run("json", json);
    expected = table("json");
    assertThat(expected).hasSizeGreaterThan(1_000);
  }

  private static void addWhole(String line) {
    try {
      Map<String, String> message = new LinkedHashMap<>();
      JSON.readTree(line)
          .properties()
          .forEach(field -> message.put(field.getKey(), field.getValue().asText()));
      OffsetDateTime.parse(message.getOrDefault("sent_at", ""));
      message.put("sender_name", "이름 " + message.get("sender_id"));
      if (message.keySet().containsAll(List.of("conversation_id", "message_id", "text", "lang"))) {
        MESSAGES.add(message);
      }
    } catch (IOException | DateTimeException e) {
      // One of the sample's broken rows.
    }
  }

  private static void writeJson(Path file, List<Map<String, String>> messages) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Map<String, String> message : messages) {
      lines.add(JSON.writeValueAsString(message));
    }
    Files.write(file, lines);
  }

  @Test
  void jsonLinesInManyPartsLeaveTheSameBytes() {
    run(
        "cut",
        json,
        "spark.sql.files.maxPartitionBytes=10000",
        "spark.sql.files.openCostInBytes=0");
    assertThat(files("cut")).isEqualTo(files("json"));
  }

  @Test
  void compressedJsonLinesLeaveTheSameBytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(Files.readAllBytes(json));
    }
    Path file = Files.write(temp.resolve("export.jsonl.gz"), bytes.toByteArray());
    run("gzip", file);
    assertThat(files("gzip")).isEqualTo(files("json"));
  }

  @Test
  void csvMakesTheSameTable() throws IOException {
    StringBuilder csv = new StringBuilder("언제,room,who,name,body,id,lang,from\r\n");
    for (Map<String, String> message : MESSAGES) {
      csv.append(message.get("sent_at").replace('T', ' '));
      for (String field :
          List.of(
              "conversation_id",
              "sender_id",
              "sender_name",
              "text",
              "message_id",
              "lang",
              "source")) {
        csv.append(",\"").append(message.get(field).replace("\"", "\"\"")).append('"');
      }
      csv.append("\r\n");
    }
    Path file = Inputs.write(temp.resolve("export.csv"), csv.toString());
    run(
        "csv",
        file,
        "ingest-messages.format=csv",
        "ingest-messages.time-format=yyyy-MM-dd HH:mm:ss[.SSS]XXX",
        "ingest-messages.columns={conversation-id = room, message-id = id, sender-id = who,"
            + " sender-name = name, sent-at = 언제, text = body, source = from}");
    assertThat(table("csv")).isEqualTo(expected);
  }

  @Test
  void parquetInRowGroupsMakesTheSameTable() {
    StructType schema =
        new StructType()
            .add("room", DataTypes.StringType)
            .add("message_id", DataTypes.StringType)
            .add("sender_id", DataTypes.StringType)
            .add("sent_at", DataTypes.TimestampType)
            .add("lang", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("source", DataTypes.StringType)
            .add("unused", DataTypes.createArrayType(DataTypes.LongType));
    List<Row> rows = new ArrayList<>();
    for (Map<String, String> m : MESSAGES) {
      rows.add(
          RowFactory.create(
              m.get("conversation_id"),
              m.get("message_id"),
              m.get("sender_id"),
              OffsetDateTime.parse(m.get("sent_at")).toInstant(),
              m.get("lang"),
              m.get("text"),
              m.get("source"),
              new Long[] {1L}));
    }
    Path file = temp.resolve("export.parquet");
    SparkTestSession.get()
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .option("parquet.block.size", 10_000)
        .parquet(file.toString());
    run(
        "parquet",
        file,
        "ingest-messages.format=parquet",
        "ingest-messages.columns.conversation-id=room",
        "spark.sql.files.maxPartitionBytes=20000",
        "spark.sql.files.openCostInBytes=0");
    assertThat(files("parquet")).isEqualTo(files("json"));
  }

  @Test
  void kakaoTalkExportMakesTheTableOfItsMessages() throws IOException {
    assertExport("kakaotalk-android.txt", "kakaotalk", "ko", 4);
  }

  @Test
  void lineExportMakesTheTableOfItsMessages() throws IOException {
    assertExport("line.txt", "line", "ja", 4);
  }

  private static void assertExport(String name, String format, String lang, int accepted)
      throws IOException {
    Path file = Path.of("src/test/resources/golden/exports", name).toAbsolutePath();
    InputPart part = Inputs.whole(file);
    List<Map<String, String>> messages = new ArrayList<>();
    try (RowReader rows =
        Inputs.open(
            part,
            format.equals("line") ? InputFormat.LINE : InputFormat.KAKAOTALK,
            Inputs.exportSchema(lang, ZONE.getId()))) {
      while (rows.next()) {
        if (!rows.systemLine()) {
          RawMessage raw = rows.message();
          Map<String, String> message = new LinkedHashMap<>();
          message.put("conversation_id", raw.message().conversationId());
          message.put("message_id", raw.message().messageId());
          message.put("sender_id", raw.message().senderId());
          message.put("sent_at", raw.message().sentAt().toString());
          message.put("lang", lang);
          message.put("text", raw.message().text());
          message.put("source", "export");
          messages.add(message);
        }
      }
    } catch (BadFileException | RejectedRow e) {
      throw new AssertionError(e);
    }
    Path asJson = temp.resolve(format + ".jsonl");
    writeJson(asJson, messages);
    run(format + "-json", asJson);
    run(
        format,
        file,
        "ingest-messages.format=" + format,
        "ingest-messages.lang=" + lang,
        "ingest-messages.source=export",
        "ingest-messages.time-zone=" + ZONE);
    assertThat(table(format)).hasSize(accepted).isEqualTo(table(format + "-json"));
    assertThat(SampleChain.manifest(temp.resolve("out/" + format)).counts())
        .as("every line is counted")
        .containsEntry("lines_in", (long) Files.readAllLines(file).size())
        .containsEntry("repeated_lines", 0L);
  }

  @Test
  void nameOfAnExportIsShownNowhere() throws IOException {
    Path exports = Files.createDirectories(temp.resolve("people"));
    Files.copy(
        Path.of("src/test/resources/golden/exports/kakaotalk-android.txt"),
        exports.resolve("KakaoTalk_홍길동.txt"));
    JobRun run = ingestExports(exports);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertNowhere("홍길동", run);

    Files.writeString(exports.resolve("[LINE] 홍길동.txt"), "no export");
    run = ingestExports(exports);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_INPUT);
    String mark =
        new Pseudonymizer(PseudonymKey.ofFile(chain.root().resolve("pseudonym.key")))
            .mark(Kind.FILE, exports.resolve("[LINE] 홍길동.txt").toString());
    assertThat(run.err()).contains("file-" + mark + ".txt row 1: no-export");
    assertNowhere("홍길동", run);
  }

  private JobRun ingestExports(Path exports) {
    return JobRun.of(
        new IngestMessagesJob(),
        List.of(
            "--overwrite",
            "--set",
            "ingest-messages.input=[\"" + exports + "\"]",
            "--set",
            "ingest-messages.output=" + temp.resolve("of-people"),
            "--set",
            "ingest-messages.pseudonym-key-file=" + chain.root().resolve("pseudonym.key"),
            "--set",
            "ingest-messages.format=kakaotalk",
            "--set",
            "ingest-messages.time-zone=" + ZONE,
            "--set",
            "ingest-messages.lang=ko",
            "--set",
            "ingest-messages.source=export"));
  }

  private static void assertNowhere(String name, JobRun run) throws IOException {
    assertThat(run.out() + run.err()).doesNotContain(name);
    try (Stream<Path> files = Files.walk(temp)) {
      for (Path file :
          files
              .filter(f -> f.toString().contains("of-people") && Files.isRegularFile(f))
              .toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
            .as(file.toString())
            .doesNotContain(name);
      }
    }
  }

  @Test
  void filesOfTheSameNameAreDistinguishedAndReadOnce() throws IOException {
    for (String directory : List.of("2019", "2020")) {
      Path file = temp.resolve("years/" + directory + "/chat.jsonl");
      Files.createDirectories(file.getParent());
      writeJson(file, MESSAGES.subList(0, 20));
      Files.writeString(file, Files.readString(file) + "{\n");
    }
    run(
        "years",
        temp.resolve("years"),
        "ingest-messages.input=[\"" + temp + "/years/*\",\"" + temp + "/years/2019\"]");
    assertThat(SampleChain.manifest(temp.resolve("out/years")).counts())
        .containsEntry("rows_in", 42L)
        .containsEntry("rejected.not-json", 2L);
    assertThat(
            SparkTestSession.get()
                .read()
                .parquet(temp.resolve("out/years/rejects").toString())
                .select("file", "row")
                .collectAsList())
        .containsExactly(
            RowFactory.create("2019/chat.jsonl", 21L), RowFactory.create("2020/chat.jsonl", 21L));
  }

  private static void run(String name, Path input, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "ingest-messages.input=[\"" + input + "\"]",
                "ingest-messages.max-reject-ratio=0.1"));
    all.addAll(List.of(settings));
    JobRun run =
        JobRun.of(
            new IngestMessagesJob(),
            chain.arguments(
                "ingest-messages", temp.resolve("out/" + name), all.toArray(String[]::new)));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  /** The files of the messages table with their checksums. */
  private static List<Manifest.OutputFile> files(String name) {
    return SampleChain.manifest(temp.resolve("out/" + name)).files();
  }

  /** The messages table without the row numbers in the input files. */
  private static List<String> table(String name) {
    return SparkTestSession.get()
        .read()
        .parquet(temp.resolve("out/" + name + "/data").toString())
        .drop("source_row")
        .orderBy("conversation_id", "sent_at", "message_id")
        .toJSON()
        .collectAsList();
  }
}
