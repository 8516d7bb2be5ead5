package io.dialogbert.job.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.job.ingest.Inputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRowsTest {
  private static final RawSchema SCHEMA =
      Inputs.schema(Map.of(RawField.LANG, "ko", RawField.SOURCE, "app"), "");
  private static final String HEADER = "conversation_id,message_id,sender_id,sent_at,text\r\n";
  private static final String TIME = "2019-10-28T15:12:00+09:00";

  @TempDir private Path temp;

  @Test
  void readsQuotesBreaksAndDelimitersInQuotes() throws Exception {
    assertThat(
            read(
                HEADER
                    + "c,1,s,"
                    + TIME
                    + ",가 \"나\" 다\r\n"
                    + "c,2,s,"
                    + TIME
                    + ",\"가, \"\"나\"\"\r\n다\"\r\n"
                    + "\r\n"
                    + "# c,3,s,"
                    + TIME
                    + ",\" 공백 \"\n"
                    + "c,4,s,"
                    + TIME
                    + ","))
        .containsExactly(
            "2 10-28 15:12 #1 s: 가 \"나\" 다",
            "3 10-28 15:12 #2 s: 가, \"나\"/다",
            "6 10-28 15:12 #3 s:  공백 ",
            "7 10-28 15:12 #4 s: ");
  }

  @Test
  void columnsMayBeInAnyOrderAndOthersBetween() throws Exception {
    assertThat(
            read(
                "\uFEFFtext,phone,sent_at,sender_name,sender_id, message_id ,conversation_id\n"
                    + "안녕,010,"
                    + TIME
                    + ",하늘,s,1,c\n"))
        .containsExactly("2 10-28 15:12 #1 s: 안녕");
  }

  @Test
  void byteOrderMarksOfFilesThatWerePutTogetherAreLeftOut() throws Exception {
    String mark = "\uFEFF";
    assertThat(read(mark + mark + HEADER + row(1, "가") + mark + row(2, "나") + mark))
        .containsExactly("2 10-28 15:12 #1 s: 가", "3 10-28 15:12 #2 s: 나");
  }

  @Test
  void rowsThatBreakTheFormAreRejected() throws Exception {
    assertThat(
            read(
                HEADER
                    + "c,1,s,"
                    + TIME
                    + "\n"
                    + "c,2,s,"
                    + TIME
                    + ",비밀,비밀\n"
                    + "c,3,s,"
                    + TIME
                    + ",\"비밀\" 얘기\n"
                    + "c,,s,"
                    + TIME
                    + ",비밀\n"
                    + "c,5,s,어제,비밀\n"))
        .containsExactly(
            "2 wrong-number-of-columns: a row must have the 5 columns of the header",
            "3 wrong-number-of-columns: a row must have the 5 columns of the header",
            "4 bad-quotes: a quote in a field must be doubled, not escaped by a backslash",
            "5 empty-id: message_id must not be empty",
            "6 bad-time: sent_at must be an ISO-8601 time with a zone");
  }

  @Test
  void quoteWithoutAnEndIsALineOfItsOwn() throws Exception {
    assertThat(
            read(
                HEADER
                    + row(1, "안녕")
                    + row(2, "\"비밀")
                    + row(3, "가 \"나\"")
                    + row(4, "\"다, 라\"")
                    + row(5, "\"마")
                    + row(6, "바")))
        .containsExactly(
            "2 10-28 15:12 #1 s: 안녕",
            "3 bad-quotes: a quote in a field must be doubled, not escaped by a backslash",
            "4 10-28 15:12 #3 s: 가 \"나\"",
            "5 10-28 15:12 #4 s: 다, 라",
            "6 unclosed-quote: a field in quotes must end with one, within 1 MiB",
            "7 10-28 15:12 #6 s: 바");
  }

  /** Spark's default, and other writers that do not double quotes. */
  @Test
  void quotesThatAreNotDoubledSwallowNoOtherLine() throws Exception {
    for (String text :
        List.of("\"\\\"\"", "\"27\\\"\"", "\"27\"\"", "\"\\\", \\\"\"", "\"가 \"나\" 다\"")) {
      List<String> rows = new ArrayList<>();
      for (String next :
          List.of("안녕", "\"안, 녕\"", "\"\"", "\"\"\"\"", "\", 안\"", "\"가\n나\"", text)) {
        rows.clear();
        rows.addAll(
            read(HEADER + row(1, text) + row(2, next) + row(3, "\"\"\"\"\"\"") + row(4, "끝")));
        assertThat(rows.get(0)).as(text).matches("2 (bad-quotes|unclosed-quote): .*");
        assertThat(rows)
            .as("%s, %s", text, next)
            .contains(next.equals("\"가\n나\"") ? "6 10-28 15:12 #4 s: 끝" : "5 10-28 15:12 #4 s: 끝")
            .hasSize(4);
      }
    }
    // Two such texts whose quotes enclose the second line, and which together are well-formed.
    assertThat(read(HEADER + row(1, "\"27\"\"") + row(2, "안녕") + row(3, "\"\"\"") + row(4, "끝")))
        .containsExactly(
            "2 bad-quotes: a quote in a field must be doubled, not escaped by a backslash",
            "3 10-28 15:12 #2 s: 안녕",
            "4 unclosed-quote: a field in quotes must end with one, within 1 MiB",
            "5 10-28 15:12 #4 s: 끝");
  }

  @Test
  void lineEnds() throws Exception {
    String lines = HEADER.strip() + "\n" + row(1, "가") + row(2, "\"나\"") + row(3, "다\r라");
    assertThat(read(lines.replace("\n", "\r\r\n")))
        .containsExactly(
            "2 10-28 15:12 #1 s: 가", "3 10-28 15:12 #2 s: 나", "4 10-28 15:12 #3 s: 다\r라");
    assertThatThrownBy(() -> read(lines.replace('\n', '\r')))
        .isInstanceOf(BadFileException.class)
        .hasMessage(
            "wrong-line-ends: lines must end with LF or CR LF, but this file's end with CR alone;"
                + " tr '\\r' '\\n' converts it");
    String mixed = lines + (row(4, "\"마\"") + row(5, "바") + row(6, "사")).replace('\n', '\r');
    assertThatThrownBy(() -> read(mixed))
        .isInstanceOf(BadFileException.class)
        .hasMessage(
            "wrong-line-ends: all lines must end with LF or CR LF, but some of this file end with"
                + " CR alone");
  }

  private static String row(int id, String text) {
    return "c," + id + ",s," + TIME + "," + text + "\n";
  }

  @Test
  void headerMustHaveEachColumnOnce() {
    assertThatThrownBy(() -> read("conversation_id,message_id,sender_id,text\n"))
        .isInstanceOf(BadFileException.class)
        .hasMessage("wrong-columns: the header must have the column sent_at");
    assertThatThrownBy(() -> read("text," + HEADER))
        .isInstanceOf(BadFileException.class)
        .hasMessage("wrong-columns: the header must have the column text once");
  }

  @Test
  void emptyFileAndLoneHeaderHaveNoRows() throws Exception {
    assertThat(read("")).isEmpty();
    assertThat(read(HEADER)).isEmpty();
  }

  @Test
  void fieldsMayBeSeparatedByTabs() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("a.tsv"),
            HEADER.replace(',', '\t') + "c\t1\ts\t" + TIME + "\t안녕, \"또\"\n");
    try (RowReader rows =
        Inputs.open(Inputs.whole(file), new InputSettings(InputFormat.CSV, SCHEMA, '\t'))) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.message().message().text()).isEqualTo("안녕, \"또\"");
    }
  }

  private List<String> read(String text) throws IOException, BadFileException {
    return Inputs.read(
        Inputs.whole(Inputs.write(temp.resolve("a.csv"), text)), InputFormat.CSV, SCHEMA);
  }
}
