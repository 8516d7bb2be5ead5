package io.dialogbert.job.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.forget.ForgetJob;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identity of rows and users: similar ids, ids that no column gives, rows without a sender. */
class RowIdentityIT {
  private static final String HEADER = "conversation_id,sender_id,sent_at,text\n";

  @TempDir private Path temp;
  private Path raw;

  @BeforeEach
  void writeKey() throws IOException {
    Files.writeString(temp.resolve("key"), "a key of at least 16 bytes");
    raw = Files.createDirectory(temp.resolve("raw"));
  }

  @Test
  void idsOfOneDayAreTheSameWithTheNextOneAndUnderOtherNames() throws IOException {
    String twice = row("a", "09:31:00", "ㅋㅋ") + row("a", "09:31:00", "ㅋㅋ");
    String first = row("a", "09:30:00", "안녕") + twice + row("b", "09:32:00", "응 안녕");
    Files.writeString(raw.resolve("1.csv"), HEADER + first);
    List<String> alone = ids("alone");
    assertThat(alone).hasSize(4).doesNotHaveDuplicates().allMatch(id -> id.matches("[\\w-]{22}"));

    Path deep = Files.createDirectories(raw.resolve("0/deep"));
    Files.writeString(deep.resolve("0.csv"), HEADER + row("b", "10:00:00", "다음 날") + twice);
    assertThat(ids("both")).hasSize(7).doesNotHaveDuplicates().containsAll(alone);

    Files.delete(deep.resolve("0.csv"));
    Files.delete(raw.resolve("1.csv"));
    // In another order, in two parts, one of them compressed.
    Files.writeString(
        raw.resolve("x.csv"), HEADER + row("b", "09:32:00", "응 안녕") + row("a", "09:31:00", "ㅋㅋ"));
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(deep.resolve("1.csv.gz")))) {
      out.write((HEADER + row("a", "09:31:00", "ㅋㅋ") + row("a", "09:30:00", "안녕")).getBytes(UTF_8));
    }
    assertThat(ids("renamed")).containsExactlyInAnyOrderElementsOf(alone);
  }

  @Test
  void whoLooksTheSameIsOnePerson() throws IOException {
    String name = "달빛람 카페";
    List<String> spellings =
        List.of(
            name,
            " " + name,
            name + "\u3000",
            "달빛\b람 카페",
            "\u2068" + name + "\u2069",
            "달\u200B빛람\u00A0카페",
            "달빛\u200D람\u3000카페",
            name + "\uFE0F",
            "\uFEFF달빛람 카\u2060페",
            Normalizer.normalize(name, Normalizer.Form.NFD));
    StringBuilder rows = new StringBuilder(HEADER);
    for (String spelling : spellings) {
      rows.append(row(spelling, "09:30:00", "나야 " + spelling.length()));
    }
    rows.append(row("다른 사람", "09:31:00", "달\u200B빛람 카페 어디야"));
    Files.writeString(raw.resolve("a.csv"), rows);
    JobRun run = ingest("whole", "columns.sender-name=sender_id");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("respelled\\.sender-id +9\n");
    assertThat(column("whole", "sender_id").stream().distinct()).hasSize(2);
    assertThat(column("whole", "text")).contains("[NAME] 어디야");

    Files.writeString(temp.resolve("list.txt"), name + "\u00A0\n");
    run = ingest("listed", "deletion-list=[\"" + temp.resolve("list.txt") + "\"]");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(temp.resolve("listed")).counts())
        .containsEntry("dropped.deletion-requested", 10L)
        .containsEntry("rows_out", 1L);
    assertThat(run.out()).doesNotContain("nobody on the deletion list");

    Files.writeString(temp.resolve("quoted.txt"), "\"" + name + "\",2024-05-01\n");
    run = ingest("unknown", "deletion-list=[\"" + temp.resolve("quoted.txt") + "\"]");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("nobody on the deletion list takes part; a line must be one id");

    run = forget("whole");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(column("whole", "sender_id")).hasSize(1);
  }

  /** As floating-point numbers these ids are one; as signed ones, they are negative. */
  @Test
  void idsBeyondSignedNumbersAreListedAndForgottenAsTheyAreRead() throws IOException {
    SparkTestSession.get()
        .sql(
            "select 'c' conversation_id, cast(id as decimal(20, 0)) sender_id,"
                + " '2024-05-01T09:30:00+09:00' sent_at, text from values"
                + " ('18446744073709551557', '안녕'), ('18446744073709551558', '반가워') as t(id, text)")
        .write()
        .mode("overwrite")
        .parquet(raw.toString());
    JobRun run = ingest("whole", "format=parquet");
    assertThat(run.exitCode()).as(run.err()).isZero();
    // Full-width digits, as Japanese keyboards type them.
    Files.writeString(temp.resolve("list.txt"), "１８４４６７４４０７３７０９５５１５５７ \n");

    run =
        ingest("listed", "format=parquet", "deletion-list=[\"" + temp.resolve("list.txt") + "\"]");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(column("listed", "text")).containsExactly("반가워");

    run = forget("whole");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(column("whole", "text")).containsExactly("반가워");
  }

  @Test
  void rowsThatNobodySentAreDropped() throws IOException {
    Files.writeString(
        raw.resolve("a.csv"),
        HEADER
            + row("a", "09:30:00", "안녕")
            + row("", "09:30:01", "b joined")
            + row(" ", "09:31:00", ""));
    JobRun run = ingest("dropped");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(temp.resolve("dropped")).counts())
        .containsAllEntriesOf(Map.of("rows_in", 3L, "rows_out", 1L, "dropped.no-sender", 2L));

    // A file of only such rows is a day on which nobody wrote.
    Files.writeString(raw.resolve("b.csv"), HEADER + row("", "09:30:01", "c joined"));
    run = ingest("alone");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SampleChain.manifest(temp.resolve("alone")).counts())
        .containsAllEntriesOf(Map.of("rows_in", 4L, "rows_out", 1L, "dropped.no-sender", 3L));
  }

  @Test
  void fileWithoutAFieldForTheSenderIsRefused() throws IOException {
    String line =
        "{\"conversation_id\":\"c\",%s\"sent_at\":\"2024-05-01T09:30:00+09:00\",\"text\":\"안녕\"}%n";
    Files.writeString(raw.resolve("a.jsonl"), line.formatted("\"sender_id\":\"a\","));
    Files.writeString(raw.resolve("b.jsonl"), line.formatted("\"sender_id\":null,"));
    assertThat(ingest("empty", "format=json").exitCode()).isZero();
    Files.writeString(raw.resolve("c.jsonl"), line.formatted("\"user\":\"a\","));
    JobRun run = ingest("refused", "format=json");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains(
            "no row has the field of columns.sender-id in 1 of the files, such as c.jsonl; name"
                + " the field that tells who sent a row, or leave out files in which only the"
                + " messenger wrote");
  }

  @Test
  void rejectsOfAFailedRunAreWhereItSays() throws IOException {
    StringBuilder rows = new StringBuilder(HEADER);
    IntStream.range(0, 10_050).forEach(i -> rows.append(row("a", "soon", "비밀")));
    Files.writeString(raw.resolve("a.csv"), rows);
    JobRun run = ingest("failed");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobMain.BAD_INPUT);
    String place =
        run.err().replaceFirst("(?s).* are in (\\S+) until the job is run again.*", "$1");
    assertThat(run.err())
        .contains("10050 of 10050 rows rejected", "the first 10000 of 10050 rejects are in ");
    assertThat(SparkTestSession.get().read().parquet(place).count()).isEqualTo(10_000);
  }

  @Test
  void rejectsLieTheSameHoweverTheyAreRead() throws IOException {
    StringBuilder rows = new StringBuilder(HEADER);
    for (int i = 0; i < 600; i++) {
      rows.append(row("a", i % 3 == 0 ? "soon" : "09:30:00", "안녕 " + i));
    }
    for (String file : List.of("a.csv", "b.csv", "c.csv")) {
      Files.writeString(raw.resolve(file), rows);
    }
    for (String[] run :
        new String[][] {
          {"one", "spark.default.parallelism=1", "spark.sql.shuffle.partitions=1"},
          {"many", "spark.sql.files.maxPartitionBytes=1000", "spark.sql.files.openCostInBytes=0"}
        }) {
      JobRun ingested =
          ingest(run[0], "max-reject-ratio=1", "messages-per-file=100", "/" + run[1], "/" + run[2]);
      assertThat(ingested.exitCode()).as(ingested.err()).isZero();
    }
    assertThat(SampleChain.manifest(temp.resolve("many")).files())
        .isEqualTo(SampleChain.manifest(temp.resolve("one")).files())
        .filteredOn(file -> file.path().startsWith("rejects/"))
        .hasSizeGreaterThan(3);
  }

  private static String row(String sender, String time, String text) {
    return "c,%s,2024-05-01T%s+09:00,%s%n".formatted(sender, time, text);
  }

  /** Forgets the users of {@code list.txt}. */
  private JobRun forget(String directory) {
    return JobRun.of(
        new ForgetJob(),
        List.of(
            "--set", "forget.users=[\"" + temp.resolve("list.txt") + "\"]",
            "--set", "forget.directories=[\"" + temp.resolve(directory) + "\"]",
            "--set", "forget.output=" + temp.resolve("report"),
            "--set", "forget.pseudonym-key-file=" + temp.resolve("key")));
  }

  private List<String> ids(String output) {
    JobRun run = ingest(output);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return column(output, "message_id");
  }

  private List<String> column(String output, String name) {
    return SparkTestSession.get()
        .read()
        .parquet(temp.resolve(output).resolve("data").toString())
        .select(name)
        .as(Encoders.STRING())
        .collectAsList();
  }

  /** Runs the job; a setting that begins with a slash is outside the job's section. */
  private JobRun ingest(String output, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "input=[\"" + raw + "\"]",
                "output=" + temp.resolve(output),
                "pseudonym-key-file=" + temp.resolve("key"),
                "format=csv",
                "lang=ko",
                "source=app",
                "columns.message-id="));
    all.addAll(List.of(settings));
    List<String> arguments = new ArrayList<>();
    for (String setting : all) {
      arguments.add("--set");
      arguments.add(setting.startsWith("/") ? setting.substring(1) : "ingest-messages." + setting);
    }
    return JobRun.of(new IngestMessagesJob(), arguments);
  }
}
