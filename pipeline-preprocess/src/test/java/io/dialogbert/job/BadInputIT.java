package io.dialogbert.job;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.BuildDialoguesJob;
import io.dialogbert.job.example.BuildExamplesJob;
import io.dialogbert.job.ingest.IngestMessagesJob;
import io.dialogbert.job.report.ReportJob;
import io.dialogbert.job.stats.CorpusStatsJob;
import io.dialogbert.job.tokenizer.TrainTokenizerJob;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The result of each kind of broken input, output path or setting: an exit code, a message that
 * names file, row and rule, and no output that looks finished.
 */
@Timeout(60)
class BadInputIT {
  private static final String SECRET = "아무도 모르는 비밀 얘기";
  private static final String NOT_JSON = "{\"text\": \"" + SECRET + "\"";

  private static SampleChain chain;

  @TempDir private Path temp;
  private Path input;
  private Path output;

  @BeforeAll
  static void runChain() throws IOException {
    chain = SampleChain.shared();
  }

  @BeforeEach
  void choosePaths() {
    input = temp.resolve("export.jsonl");
    output = temp.resolve("messages");
  }

  @Test
  void linesThatAreNoMessagesAreCountedAndListedWithFileRowAndRule() throws IOException {
    List<String> lines = messages(400);
    lines.set(99, NOT_JSON);
    lines.set(199, lines.get(199).replace("\"text\":\"" + SECRET + "\"", "\"text\":[1]"));
    lines.set(299, lines.get(299).replace("+09:00", ""));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int row = 1; row <= lines.size(); row++) {
      bytes.writeBytes(lines.get(row - 1).getBytes(row == 350 ? Charset.forName("EUC-KR") : UTF_8));
      bytes.write('\n');
    }
    Files.write(input, bytes.toByteArray());

    JobRun run = ingest();

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertShowsNoText(run);
    assertThat(SampleChain.manifest(output).counts())
        .containsAllEntriesOf(
            Map.of(
                "rows_in", 400L,
                "rows_out", 396L,
                "rejected.not-json", 1L,
                "rejected.wrong-type", 1L,
                "rejected.bad-time", 1L,
                "rejected.not-utf-8", 1L));
    List<Row> rejects =
        SparkTestSession.get()
            .read()
            .parquet(output.resolve("rejects").toString())
            .orderBy("row")
            .collectAsList();
    assertThat(
            rejects.stream()
                .map(row -> RowFactory.create(row.get(0), row.get(1), row.get(2), row.get(3))))
        .containsExactly(
            RowFactory.create("export.jsonl", 100L, "not-json", "a line must be one JSON object"),
            RowFactory.create("export.jsonl", 200L, "wrong-type", "text must be a string"),
            RowFactory.create(
                "export.jsonl", 300L, "bad-time", "sent_at must be an ISO-8601 time with a zone"),
            RowFactory.create("export.jsonl", 350L, "not-utf-8", "a line must be UTF-8"));
    assertThat(rejects)
        .extracting(row -> row.getString(4))
        .doesNotHaveDuplicates()
        .allMatch(hash -> hash.matches("[0-9a-f]{16}"));
    assertThat(rejects.get(0).getString(4))
        .as("a mark of the line's SHA-256, so that who has the key can find it")
        .isEqualTo(
            new Pseudonymizer(PseudonymKey.ofFile(chain.root().resolve("pseudonym.key")))
                .mark(Kind.ROW, DigestUtils.sha256Hex(NOT_JSON)));
  }

  @Test
  void blankLinesArePassedByAndCountedAsRows() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : messages(100)) {
      lines.add(line);
      lines.add(lines.size() % 4 == 1 ? "" : " \t\r");
    }
    lines.set(198, NOT_JSON);
    Files.write(input, lines);
    JobRun run = ingest();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(output).counts())
        .containsAllEntriesOf(Map.of("rows_in", 100L, "rows_out", 99L, "rejected.not-json", 1L));
    assertThat(SparkTestSession.get().read().parquet(output.resolve("rejects").toString()).first())
        .extracting(row -> row.getLong(row.fieldIndex("row")))
        .isEqualTo(199L);
  }

  @Test
  void archiveIsRefused() throws IOException {
    input = temp.resolve("export.tar.gz");
    Files.write(input, messages(3));
    assertRefused(
        ingest(), JobMain.BAD_INPUT, "export.tar.gz row 1: archive (a file must be one text");
  }

  @Test
  void tooManyRejectsFailTheJobNamingTheFirstOnes() throws IOException {
    List<String> lines = messages(100);
    lines.set(6, NOT_JSON);
    lines.set(41, lines.get(41).replace("\"ko\"", "\"en\""));
    Files.write(input, lines);
    assertRefused(
        ingest(),
        JobMain.BAD_INPUT,
        "2 of 100 rows rejected, more than max-reject-ratio = 0.01 allows",
        "export.jsonl row 7: not-json (a line must be one JSON object)",
        "export.jsonl row 42: unknown-language (lang must be one of ");
  }

  @Test
  void missingFileIsNamed() {
    assertRefused(
        ingest(), JobMain.BAD_INPUT, "no input file matches " + temp.resolve("export.jsonl"));
  }

  @Test
  void globWithoutAMatchIsNamed() {
    input = temp.resolve("2024-*.jsonl.gz");
    assertRefused(ingest(), JobMain.BAD_INPUT, "no input file matches", "2024-*.jsonl.gz");
  }

  @Test
  void emptyCorpusIsRefused() throws IOException {
    Files.createFile(input);
    assertRefused(ingest(), JobMain.BAD_INPUT, "no message is left of 0 rows", "export.jsonl");
  }

  @Test
  void corpusOfSystemLinesIsRefused() throws IOException {
    Files.write(input, messages(20).stream().map(line -> line.replace(SECRET, "사진")).toList());
    assertRefused(ingest(), JobMain.BAD_INPUT, "no message is left of 20 rows", "export.jsonl");
  }

  @Test
  void tornGzipIsNamedWithTheRowWhereItTears() throws IOException {
    byte[] whole = gzip(messages(2_000));
    input = temp.resolve("export.jsonl.gz");
    Files.write(input, Arrays.copyOf(whole, whole.length / 2));
    JobRun run = ingest();
    assertRefused(
        run,
        JobMain.BAD_INPUT,
        "an input file cannot be read to its end",
        "unreadable-file (must be readable to its end: EOFException)");
    assertThat(run.err()).containsPattern("export\\.jsonl\\.gz row [1-9]\\d{1,3}: unreadable-file");
  }

  @Test
  void fileThatIsNoGzipInSpiteOfItsNameIsNamed() throws IOException {
    input = temp.resolve("export.jsonl.gz");
    Files.write(input, messages(10));
    assertRefused(
        ingest(),
        JobMain.BAD_INPUT,
        "an input file cannot be read to its end",
        "export.jsonl.gz row 1: unreadable-file");
  }

  @Test
  void oneTornFileAmongWholeOnesIsEnough() throws IOException {
    input = Files.createDirectory(temp.resolve("exports"));
    Files.write(input.resolve("a.jsonl"), messages(500));
    Files.write(input.resolve("b.jsonl.gz"), Arrays.copyOf(gzip(messages(500)), 40));
    assertRefused(ingest(), JobMain.BAD_INPUT, "b.jsonl.gz row 1: unreadable-file");
  }

  @Test
  void badCsvFilesAreAllNamedAtOnce() throws IOException {
    input = Files.createDirectory(temp.resolve("exports"));
    String header = "conversation_id,message_id,sender_id,sent_at,lang,text,source\n";
    String row = "c1,1,s1,2024-05-01T09:30:00+09:00,ko," + SECRET + ",test\n";
    Files.writeString(input.resolve("a.csv"), header + row);
    Files.write(input.resolve("b.csv"), (header + row).getBytes(Charset.forName("EUC-KR")));
    Files.write(input.resolve("c.csv"), (header + row).getBytes(UTF_16));
    Files.writeString(input.resolve("d.csv"), header.replace("text", "body") + row);
    Files.writeString(input.resolve("e.csv"), (header + row).replace('\n', '\r'));
    assertRefused(
        ingest("ingest-messages.format=csv"),
        JobMain.BAD_INPUT,
        "an input file cannot be read to its end",
        "b.csv row 1: wrong-encoding (a file must be UTF-8, but this one looks like CP949 (EUC-KR)",
        "c.csv row 1: wrong-encoding (a file must be UTF-8, but this one looks like UTF-16BE)",
        "d.csv row 1: wrong-columns (the header must have the column text)",
        "e.csv row 1: wrong-line-ends (lines must end with LF or CR LF, but this file's end with CR");
  }

  @Test
  void parquetOfOtherColumnsIsNamed() throws IOException {
    input = Files.createDirectory(temp.resolve("exports"));
    String columns = "'c' conversation_id, 1 message_id, 's' sender_id, 'ko' lang, 'x' source, ";
    for (String other :
        List.of(
            "now() sent_at",
            "now() sent_at, 7 text",
            "timestamp_ntz'2024-05-01' sent_at, '' text")) {
      SparkTestSession.get()
          .sql("select " + columns + other)
          .coalesce(1)
          .write()
          .parquet(input.resolve(String.valueOf(other.length())).toString());
    }
    Files.writeString(input.resolve("a.parquet"), SECRET);
    JobRun run = ingest("ingest-messages.format=parquet");
    assertRefused(
        run,
        JobMain.BAD_INPUT,
        "a.parquet row 1: unreadable-file",
        "wrong-columns (there must be a column text)",
        "wrong-columns (the column text must be strings, but is INT32)",
        "wrong-columns (the column sent_at must be strings or timestamps, local ones only where"
            + " time-zone is set, but is INT64 (TIMESTAMP(MICROS,false)))");
    assertThat(run.err()).containsPattern("13/part-\\S+\\.parquet row 1: wrong-columns");
  }

  @Test
  void settingsOfInputsThatDoNotGoTogetherAreNamed() throws IOException {
    Files.write(input, messages(10));
    assertRefused(
        ingest(
            "ingest-messages.format=kakaotalk",
            "ingest-messages.lang=en",
            "ingest-messages.csv-delimiter=::",
            "ingest-messages.time-format=yyyy-MM-dd HH:mm",
            "ingest-messages.columns.text="),
        JobMain.BAD_CONFIG,
        "6 problems",
        "lang = en",
        "must be one of languages",
        "must be set, since exports do not tell it",
        "must be one character",
        "time-zone must be set, since times of this time-format do not tell theirs",
        "columns.text",
        "must be set; language and source of all rows have settings of their own");
    assertRefused(
        ingest("ingest-messages.time-zone=Seoul", "ingest-messages.format=xml"),
        JobMain.BAD_CONFIG,
        "must be a zone such as Asia/Seoul or +09:00",
        "must be one of json, csv, parquet, kakaotalk, line");
  }

  @Test
  void missingPseudonymKeyIsRefused() throws IOException {
    Files.write(input, messages(10));
    assertRefused(
        ingest(
            "ingest-messages.pseudonym-key-file=",
            "ingest-messages.pseudonym-key-variable=DIALOGBERT_TESTS_LEAVE_THIS_UNSET"),
        JobMain.BAD_CONFIG,
        "pseudonym key missing: environment variable DIALOGBERT_TESTS_LEAVE_THIS_UNSET is not set");
    Path key = temp.resolve("no.key");
    assertRefused(
        ingest("ingest-messages.pseudonym-key-file=" + key),
        JobMain.BAD_CONFIG,
        "pseudonym key file cannot be read: " + key);
  }

  @Test
  void shortPseudonymKeyIsRefusedWithoutShowingIt() throws IOException {
    Files.write(input, messages(10));
    Path key = Files.writeString(temp.resolve("short.key"), "hunter2-hunter2\n");
    JobRun run = ingest("ingest-messages.pseudonym-key-file=" + key);
    assertRefused(
        run,
        JobMain.BAD_CONFIG,
        "pseudonym key too short: 15 bytes, at least 16 needed (file " + key + ")");
    assertThat(run.printed()).doesNotContain("hunter2");
  }

  @Test
  void outputDirectoryThatCannotBeMadeIsNamed() throws IOException {
    Files.write(input, messages(10));
    Path file = Files.createFile(temp.resolve("a-file"));
    output = file.resolve("messages");
    JobRun run = ingest();
    assertRefused(run, JobMain.BAD_CONFIG, "output directory cannot be made", "a-file");
    assertThat(file).isRegularFile();
  }

  @Test
  void outputThatIsAFileIsLeftAlone() throws IOException {
    Files.write(input, messages(10));
    Files.writeString(output, "somebody's own");
    JobRun run = ingest();
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains(output.toString()).doesNotContain("\tat ");
    assertThat(output).hasContent("somebody's own");
  }

  @Test
  void directoryOfSomethingElseIsLeftAloneEvenWithOverwrite() throws IOException {
    Files.write(input, messages(10));
    Path other = Files.createDirectory(output).resolve("holiday.txt");
    Files.writeString(other, "somebody's own");
    List<String> arguments = new ArrayList<>(arguments());
    arguments.add("--overwrite");
    JobRun run = JobRun.of(new IngestMessagesJob(), arguments);
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err())
        .contains("output directory is not empty and has no manifest.json")
        .contains(output.toString())
        .doesNotContain("\tat ");
    assertThat(other).hasContent("somebody's own");
    assertThat(names(output)).containsExactly("holiday.txt");
  }

  @Test
  void failedOverwriteLeavesTheOldOutputAsItWas() throws IOException {
    Files.write(input, messages(10));
    assertThat(ingest().exitCode()).isZero();
    String before = Files.readString(output.resolve(Manifest.FILE_NAME));
    List<String> namesBefore = names(output);

    Files.write(input, List.of(NOT_JSON));
    List<String> arguments = new ArrayList<>(arguments());
    arguments.add("--overwrite");
    JobRun run = JobRun.of(new IngestMessagesJob(), arguments);

    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("1 of 1 rows rejected");
    assertThat(output.resolve(Manifest.FILE_NAME)).hasContent(before);
    assertThat(names(output)).isEqualTo(namesBefore);
  }

  @Test
  void threeMistakesInAConfigurationAreNamedAtOnceWithTheirLines() throws IOException {
    Path config =
        Files.writeString(
            temp.resolve("job.conf"),
            """
            ingest-messages {
              input = ["%s"]
              output = "%s"
              max-reject-ratio = 2
              max-repeat = 3
              messages-per-file = many
            }
            """
                .formatted(input, output));
    JobRun run = JobRun.of(new IngestMessagesJob(), List.of("--config", config.toString()));
    assertRefused(
        run,
        JobMain.BAD_CONFIG,
        "job.conf: 3 problems",
        "job.conf line 4",
        "max-reject-ratio = 2",
        "must be between 0.0 and 1.0",
        "job.conf line 5",
        "unknown key; did you mean max-repeats?",
        "job.conf line 6",
        "messages-per-file = many",
        "must be a whole number");
  }

  @Test
  void missingInputDirectoryIsNamed() {
    Path nowhere = temp.resolve("nowhere");
    assertRefused(
        dialogues(nowhere),
        JobMain.BAD_INPUT,
        "input messages does not exist: " + nowhere,
        "run the job that makes it first");
  }

  @Test
  void unfinishedInputDirectoryIsRefused() throws IOException {
    Path unfinished = chain.copy("ingest-messages", temp.resolve("input"));
    Files.delete(unfinished.resolve(Manifest.FILE_NAME));
    assertRefused(
        dialogues(unfinished), JobMain.BAD_INPUT, "input messages has no manifest.json", "input");
  }

  @Test
  void inputDirectoryWithoutOneOfItsFilesIsRefused() throws IOException {
    Path torn = chain.copy("ingest-messages", temp.resolve("input"));
    Path part = aPart(torn);
    Files.delete(part);
    assertRefused(
        dialogues(torn), JobMain.BAD_INPUT, "input messages is torn: " + part + " is missing");
  }

  @Test
  void inputDirectoryWithAShortenedFileIsRefused() throws IOException {
    Path torn = chain.copy("ingest-messages", temp.resolve("input"));
    Path part = aPart(torn);
    byte[] bytes = Files.readAllBytes(part);
    Files.write(part, Arrays.copyOf(bytes, bytes.length - 1));
    assertRefused(
        dialogues(torn),
        JobMain.BAD_INPUT,
        "input messages is torn: " + part + " has " + (bytes.length - 1) + " bytes",
        "its manifest says " + bytes.length);
  }

  @Test
  void inputDirectoryWithABrokenManifestIsRefused() throws IOException {
    Path torn = chain.copy("ingest-messages", temp.resolve("input"));
    Path manifest = torn.resolve(Manifest.FILE_NAME);
    Files.writeString(manifest, Files.readString(manifest).substring(0, 200));
    assertRefused(dialogues(torn), JobMain.BAD_INPUT, "not a manifest", manifest.toString());
  }

  @Test
  void dialoguesThatNobodyAnsweredAreRefused() throws IOException {
    Files.write(
        input, messages(10).stream().map(line -> line.replaceAll("\"s\\d\"", "\"s1\"")).toList());
    Path messages = output;
    assertThat(ingest().exitCode()).isZero();
    output = temp.resolve("dialogues");
    assertRefused(
        dialogues(messages),
        JobMain.BAD_INPUT,
        "no dialogue is left of 10 messages",
        messages.toString());
  }

  @Test
  void vocabularyThatCannotBeTrainedIsRefused() {
    assertRefused(
        JobRun.of(
            new TrainTokenizerJob(),
            chain.arguments("train-tokenizer", output, "train-tokenizer.vocab-size=100")),
        JobMain.BAD_INPUT,
        "vocab-size must be at least ",
        " for this corpus, but is 100");
  }

  @Test
  void placesThatCannotBeReachedAreNamed() {
    for (String place : List.of("nowhere://host/raw", "abfs://store@account/raw")) {
      JobRun run =
          JobRun.of(
              new BuildDialoguesJob(),
              chain.arguments("build-dialogues", output, "build-dialogues.messages=" + place));
      assertRefused(run, JobMain.BAD_CONFIG, place);
    }
    JobRun report =
        JobRun.of(
            new ReportJob(),
            List.of("--set", "report.work=/nowhere", "--set", "report.output=" + output));
    assertRefused(report, JobMain.BAD_INPUT, "not a directory: /nowhere");
  }

  @Test
  void sparkThatDoesNotStartIsNoBug() {
    JobRun run =
        JobRun.of(
            new BuildDialoguesJob(),
            chain.arguments("build-dialogues", output, "spark.master=lokal"));
    assertRefused(run, JobMain.BAD_CONFIG, "Spark does not start: ", "lokal");
  }

  @Test
  void statisticsOfTwoCorporaAreRefused() {
    Path messages = chain.koreanMessages(temp.resolve("korean"));
    assertRefused(
        JobRun.of(
            new CorpusStatsJob(),
            chain.arguments("corpus-stats", output, "corpus-stats.messages=" + messages)),
        JobMain.BAD_INPUT,
        "must be made of " + messages);
  }

  @Test
  void tokenizerOfAnotherKindOfDirectoryIsRefused() {
    assertRefused(
        JobRun.of(
            new BuildExamplesJob(),
            chain.arguments(
                "build-examples",
                output,
                "build-examples.tokenizer=" + chain.output("ingest-messages"))),
        JobMain.BAD_INPUT,
        "input tokenizer must be made by train-tokenizer or prune-vocabulary or import-model, not by ingest-messages: ");
  }

  private JobRun ingest(String... settings) {
    return JobRun.of(new IngestMessagesJob(), arguments(settings));
  }

  private List<String> arguments(String... settings) {
    List<String> all = new ArrayList<>(List.of("ingest-messages.input=[\"" + input + "\"]"));
    all.add("ingest-messages.max-reject-ratio=0.01");
    all.addAll(List.of(settings));
    return chain.arguments("ingest-messages", output, all.toArray(String[]::new));
  }

  private JobRun dialogues(Path messages) {
    return JobRun.of(
        new BuildDialoguesJob(),
        chain.arguments("build-dialogues", output, "build-dialogues.messages=" + messages));
  }

  private void assertRefused(JobRun run, int exitCode, String... parts) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(run.err()).contains(parts).doesNotContain("\tat ").doesNotContain("failed: ");
    assertShowsNoText(run);
    assertThat(Files.exists(output)).as("an output appeared").isFalse();
  }

  private static void assertShowsNoText(JobRun run) {
    assertThat(run.printed().contains(SECRET)).as("message text was printed").isFalse();
  }

  /** Messages of two people in one conversation, one per second. */
  private static List<String> messages(int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"conversation_id\":\"c1\",\"message_id\":%d,\"sender_id\":\"s%d\","
                  + "\"sent_at\":\"2024-05-01T%02d:%02d:%02d+09:00\",\"lang\":\"ko\","
                  + "\"text\":\"%s\",\"source\":\"test\"}",
              i,
              i % 2,
              9 + i / 3600,
              i / 60 % 60,
              i % 60,
              SECRET));
    }
    return lines;
  }

  private static byte[] gzip(List<String> lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static Path aPart(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().findFirst().get();
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .map(path -> directory.relativize(path).toString())
          .sorted()
          .toList();
    }
  }
}
