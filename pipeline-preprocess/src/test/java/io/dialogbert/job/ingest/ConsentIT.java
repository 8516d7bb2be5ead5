package io.dialogbert.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SampleChain;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.InputParts;
import io.dialogbert.job.table.PartitionAccumulator;
import io.dialogbert.privacy.KnownNames;
import io.dialogbert.privacy.PseudonymKey;
import io.dialogbert.privacy.Pseudonymizer;
import io.dialogbert.privacy.Pseudonymizer.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of users who consented or asked for deletion, and participants' names. */
class ConsentIT {
  private static final String KEY = "a key of these tests only";
  private static final PseudonymKey PSEUDONYM_KEY =
      PseudonymKey.ofBytes(KEY.getBytes(StandardCharsets.UTF_8));
  private static final Pseudonymizer PSEUDONYMIZER = new Pseudonymizer(PSEUDONYM_KEY);

  /** Row, conversation, sender, text; d sends only a photo. */
  private static final String[][] MESSAGES = {
    {"1", "c1", "a", "안녕하세요"},
    {"2", "c1", "b", "반가워요 김민수 씨"},
    {"3", "c2", "a", "오늘 뭐해"},
    {"4", "c2", "c", "집에 있어"},
    {"5", "c3", "b", "밥 먹자"},
    {"6", "c3", "d", "사진"},
  };

  @TempDir private Path temp;

  @Test
  void bySenderOnlyTheirOwnMessagesGo() {
    assertThat(reasons(Optional.of(users("b", "c")), Optional.empty(), ConsentPolicy.SENDER))
        .isEqualTo(Map.of(1L, "no-consent", 2L, "", 3L, "no-consent", 4L, "", 5L, ""));
    assertThat(reasons(Optional.empty(), Optional.of(users("c", "e")), ConsentPolicy.SENDER))
        .isEqualTo(Map.of(1L, "", 2L, "", 3L, "", 4L, "deletion-requested", 5L, ""));
  }

  @Test
  void byAllParticipantsWholeConversationsGo() {
    // A user who sends only a photo takes part, too.
    assertThat(
            reasons(
                Optional.of(users("a", "b", "c")),
                Optional.empty(),
                ConsentPolicy.ALL_PARTICIPANTS))
        .isEqualTo(Map.of(1L, "", 2L, "", 3L, "", 4L, "", 5L, "no-consent"));
    assertThat(reasons(Optional.empty(), Optional.of(users("c")), ConsentPolicy.ALL_PARTICIPANTS))
        .isEqualTo(
            Map.of(1L, "", 2L, "", 3L, "deletion-requested", 4L, "deletion-requested", 5L, ""));
  }

  @Test
  void aRequestForDeletionOutweighsConsent() {
    assertThat(
            reasons(
                Optional.of(users("a", "b", "c", "d", "c")),
                Optional.of(users("c", "c")),
                ConsentPolicy.SENDER))
        .isEqualTo(Map.of(1L, "", 2L, "", 3L, "", 4L, "deletion-requested", 5L, ""));
    assertThat(
            reasons(
                Optional.of(users("a", "b", "d")),
                Optional.of(users("a")),
                ConsentPolicy.ALL_PARTICIPANTS))
        .containsEntry(1L, "deletion-requested")
        .containsEntry(4L, "deletion-requested")
        .containsEntry(5L, "");
  }

  @Test
  void readsListsAsTheyComeCompressedOrNot() throws IOException {
    Path windows = write("windows.txt", "\uFEFFa\r\n\r\nb \r\n   \r\n");
    Path zipped = temp.resolve("zipped.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write("사용자 1\nc".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(read(false, windows, zipped))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of("a", "b", "사용자 1", "c").map(ConsentIT::pseudonym).toList());
  }

  @Test
  void refusesListsThatAreNone() throws IOException {
    Path blank = write("blank.txt", "\n\n");
    assertThat(read(true, blank)).isEmpty();
    assertRefused(blank, "must hold an id, is empty: ", "blank.txt");
    Path korean = temp.resolve("euc-kr.txt");
    Files.write(korean, new byte[] {'a', '\n', (byte) 0xB1, (byte) 0xE8, '\n'});
    assertRefused(korean, "must be UTF-8", "CP949", "euc-kr.txt");
    Path broken = temp.resolve("broken.txt");
    Files.write(broken, new byte[] {'a', '\n', (byte) 0xFF, '\n'});
    assertRefused(broken, "must be UTF-8", "broken.txt, row 2");
    Path torn = temp.resolve("torn.gz");
    Files.write(torn, new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertRefused(torn, "must be readable to its end: EOFException", "torn.gz");
  }

  private void assertRefused(Path file, String... parts) {
    assertThatThrownBy(() -> read(false, file))
        .satisfies(
            e ->
                assertThat(badInput(e).getMessage())
                    .contains(parts)
                    .doesNotContain(pseudonym("a")));
  }

  private static BadInputException badInput(Throwable e) {
    return e instanceof BadInputException found ? found : badInput(e.getCause());
  }

  @Test
  void masksTheNamesOfAConversationInItsTexts() {
    List<Row> rows = new ArrayList<>(lines().collectAsList());
    rows.add(line(7, "c1", "e", null, "김민수"));
    rows.add(line(8, "c2", "a", "김민수 만났어", "이영희"));
    rows.add(line(9, "c2", "c", "이영희 안녕", null));
    Dataset<Row> lines = SparkTestSession.get().createDataFrame(rows, RowIngester.SCHEMA);
    PartitionAccumulator<IngestCounts> counts = counts();

    Dataset<Row> names = ParticipantNames.of(lines);
    assertThat(ParticipantNames.countOverLimit(names)).isZero();
    Map<Long, Row> masked =
        ParticipantNames.mask(lines.filter("text is not null"), names, counts)
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(row -> row.<Long>getAs("row"), row -> row));

    assertThat(masked).hasSize(7);
    assertThat(masked.get(2L).<String>getAs("text")).isEqualTo("반가워요 [NAME] 씨");
    assertThat(masked.get(9L).<String>getAs("text")).isEqualTo("[NAME] 안녕");
    // Here, a name from another conversation is just a word.
    assertThat(masked.get(8L).<String>getAs("text")).isEqualTo("김민수 만났어");
    assertThat(masked.get(1L)).isEqualTo(rows.get(0));
    assertThat(IngestCounts.sum(counts.value().values()).byKey()).containsEntry("pii.name", 2L);
  }

  @Test
  void masksStatedNamesInTheWholeConversationHoweverRowsAreSpread() {
    List<Row> rows =
        List.of(
            line(1, "c1", "a", "다올채 왔어?", null),
            line(2, "c1", "b", "이름은 [NAME]예요", null, "다올채\n샘터"),
            line(3, "c1", "c", "샘터한테 물어봐", null),
            line(4, "c2", "a", "다올채 왔어?", null));
    for (int partitions : new int[] {1, 7}) {
      Dataset<Row> lines =
          SparkTestSession.get().createDataFrame(rows, RowIngester.SCHEMA).repartition(partitions);
      assertThat(
              ParticipantNames.mask(lines, ParticipantNames.of(lines), counts())
                  .collectAsList()
                  .stream()
                  .map(row -> row.<Long>getAs("row") + " " + row.<String>getAs("text")))
          .containsExactlyInAnyOrder(
              "1 [NAME] 왔어?", "2 이름은 [NAME]예요", "3 [NAME]한테 물어봐", "4 다올채 왔어?");
    }
  }

  @Test
  void countsNamesThatAreTooLongToBeLookedFor() {
    String tooLong = "가 ".repeat(KnownNames.MAX_CHARACTERS);
    List<Row> rows = List.of(line(1, "c1", "a", null, tooLong), line(2, "c2", "b", null, "김민수"));
    Dataset<Row> lines = SparkTestSession.get().createDataFrame(rows, RowIngester.SCHEMA);

    assertThat(ParticipantNames.countOverLimit(ParticipantNames.of(lines))).isEqualTo(1);
  }

  @Test
  void holdsALimitedNumberOfNamesOfAConversation() {
    List<Row> rows = new ArrayList<>();
    int over = 3;
    for (int i = 0; i < ParticipantNames.MAX_NAMES + over; i++) {
      rows.add(line(i, "c1", "u" + i, null, "name" + (100_000 + i)));
    }
    rows.add(line(-1, "c1", "a", "name100000, name110002", null));
    Dataset<Row> lines = SparkTestSession.get().createDataFrame(rows, RowIngester.SCHEMA);
    Dataset<Row> names = ParticipantNames.of(lines);
    assertThat(ParticipantNames.countOverLimit(names)).isEqualTo(over);
    assertThat(
            ParticipantNames.mask(lines.filter("text is not null"), names, counts())
                .first()
                .<String>getAs("text"))
        .isEqualTo("[NAME], name110002");
  }

  @Test
  void countsAddUpAndAChangedListIsAnotherInput() throws IOException {
    List<String> lines = new ArrayList<>(List.of("no message"));
    for (String[] m : MESSAGES) {
      lines.add(
          "{\"conversation_id\":\"%s\",\"message_id\":\"%s\",\"sender_id\":\"%s\",\"sender_name\":\"%s\",\"sent_at\":\"2024-05-01T09:30:00+09:00\",\"lang\":\"ko\",\"text\":\"%s\",\"source\":\"s\"}"
              .formatted(m[1], m[0], m[2], m[2].equals("a") ? "김민수" : "아무개", m[3]));
    }
    write("in.jsonl", String.join("\n", lines));
    write("key", KEY);
    write("consent.txt", "a\nb\nc\n");
    write("deletion.txt", "c\n");
    JobRun run = ingest();
    assertThat(run.exitCode()).as(run.err()).isZero();

    Map<String, Long> counts = SampleChain.manifest(temp.resolve("out")).counts();
    assertThat(counts)
        .containsEntry("rows_in", 7L)
        .containsEntry("rows_out", 2L)
        .containsEntry("rejected.not-json", 1L)
        .containsEntry("dropped.media", 1L)
        .containsEntry("dropped.no-consent", 1L)
        .containsEntry("dropped.deletion-requested", 2L)
        .containsEntry("pii.name", 1L)
        .containsEntry("names_over_limit", 0L);
    Dataset<Row> out = SparkTestSession.get().read().parquet(temp.resolve("out/data").toString());
    assertThat(out.columns()).doesNotContain("sender_name", RowIngester.STATED_NAMES);
    assertThat(texts()).containsExactlyInAnyOrder("안녕하세요", "반가워요 [NAME] 씨");

    write("deletion.txt", "c\na\n");
    JobRun changed = ingest();
    assertThat(changed.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(changed.err()).contains("input deletion-list is new or has changed");

    write("consent.txt", "");
    JobRun empty = ingest("--overwrite");
    assertThat(empty.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(empty.err()).contains("must hold an id, is empty").contains("consent.txt");
  }

  @Test
  void whoseRowsAreAllRejectedTakesPart() throws IOException {
    String line =
        "{\"conversation_id\":\"%s\",\"message_id\":\"%s\",\"sender_id\":\"%s\",\"sender_name\":\"%s\",\"sent_at\":\"%s\",\"lang\":\"ko\",\"text\":\"%s\",\"source\":\"s\"}";
    String time = "2024-05-01T09:30:00+09:00";
    write(
        "in.jsonl",
        String.join(
            "\n",
            line.formatted("c1", "1", "a", "아무개", time, "단단이 왔네"),
            line.formatted("c1", "2", "b", "단단이", "yesterday", "뭐"),
            line.formatted("c2", "3", "a", "아무개", time, "오늘 뭐해"),
            line.formatted("c3", "4", "a", "아무개", time, "나 왔어"),
            // Cut off after the sender.
            line.formatted("c3", "5", "c", "또", time, "뭐").replaceFirst(",\"sent_at.*", "")));
    write("key", KEY);
    write("deletion.txt", "");
    write("consent.txt", "a\n");
    JobRun run = ingest();
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(texts()).containsExactly("오늘 뭐해");

    write("consent.txt", "a\nb\n");
    run = ingest("--overwrite");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(texts()).containsExactlyInAnyOrder("[NAME] 왔네", "오늘 뭐해");
  }

  private List<String> texts() {
    return SparkTestSession.get()
        .read()
        .parquet(temp.resolve("out/data").toString())
        .select("text")
        .as(Encoders.STRING())
        .collectAsList();
  }

  private static PartitionAccumulator<IngestCounts> counts() {
    PartitionAccumulator<IngestCounts> counts = new PartitionAccumulator<>();
    SparkTestSession.get().sparkContext().register(counts);
    return counts;
  }

  private JobRun ingest(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    for (String setting :
        List.of(
            "input=[\"" + temp.resolve("in.jsonl") + "\"]",
            "output=" + temp.resolve("out"),
            "max-reject-ratio=1",
            "pseudonym-key-file=" + temp.resolve("key"),
            "consent-list=[\"" + temp.resolve("consent.txt") + "\"]",
            "deletion-list=[\"" + temp.resolve("deletion.txt") + "\"]",
            "consent-policy=all-participants")) {
      arguments.add("--set");
      arguments.add("ingest-messages." + setting);
    }
    arguments.addAll(List.of("--set", "spark.sql.shuffle.partitions=2"));
    return JobRun.of(new IngestMessagesJob(), arguments);
  }

  private List<String> read(boolean mayBeEmpty, Path... files) throws IOException {
    List<FileStatus> listed = new ArrayList<>();
    for (Path file : files) {
      listed.addAll(new Directories(new Configuration()).files(file.toString(), Object::toString));
    }
    return UserList.read(SparkTestSession.get(), InputParts.of(listed), PSEUDONYM_KEY, mayBeEmpty)
        .as(Encoders.STRING())
        .collectAsList();
  }

  private static Map<Long, String> reasons(
      Optional<Dataset<Row>> consented, Optional<Dataset<Row>> deleted, ConsentPolicy policy) {
    Map<Long, String> reasons = new TreeMap<>();
    Dataset<Row> rows = lines();
    for (Row row :
        rows.filter("text is not null")
            .join(ConsentFilter.refused(rows, consented, deleted, policy), policy.key(), "left")
            .select("row", ConsentFilter.REASON)
            .collectAsList()) {
      reasons.put(row.getLong(0), row.isNullAt(1) ? "" : row.getString(1));
    }
    return reasons;
  }

  private static Dataset<Row> lines() {
    List<Row> rows = new ArrayList<>();
    for (String[] m : MESSAGES) {
      boolean photo = m[3].equals("사진");
      rows.add(line(Long.parseLong(m[0]), m[1], m[2], photo ? null : m[3], null));
    }
    return SparkTestSession.get().createDataFrame(rows, RowIngester.SCHEMA);
  }

  private static Row line(long row, String conversation, String sender, String text, String name) {
    return line(row, conversation, sender, text, name, null);
  }

  private static Row line(
      long row, String conversation, String sender, String text, String name, String stated) {
    boolean accepted = text != null;
    return RowFactory.create(
        "file",
        row,
        null,
        null,
        null,
        conversation,
        accepted ? "m" + row : null,
        pseudonym(sender),
        java.time.Instant.EPOCH,
        "ko",
        text,
        "source",
        row,
        name,
        stated);
  }

  private static Dataset<Row> users(String... ids) {
    return SparkTestSession.get()
        .createDataFrame(
            Stream.of(ids).map(id -> RowFactory.create(pseudonym(id))).toList(), UserList.SCHEMA);
  }

  private static String pseudonym(String id) {
    return PSEUDONYMIZER.pseudonym(Kind.SENDER, id);
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(temp.resolve(name), content);
  }
}
