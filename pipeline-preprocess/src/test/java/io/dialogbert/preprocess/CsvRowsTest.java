package io.dialogbert.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
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
            "4 bad-quotes: a quote in a field must be doubled",
            "5 empty-id: message_id must not be empty",
            "6 bad-time: sent_at must be an ISO-8601 time with a zone");
  }

  @Test
  void quoteWithoutAnEndEndsTheFile() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("a.csv"),
            HEADER + "c,1,s," + TIME + ",안녕\nc,2,s," + TIME + ",\"비밀\nc,3,s," + TIME + ",비밀\n");
    try (RowReader rows = Inputs.open(Inputs.whole(file), InputFormat.CSV, SCHEMA)) {
      assertThat(rows.next()).isTrue();
      assertThatThrownBy(rows::next)
          .isInstanceOf(BadFile.class)
          .hasMessage("unclosed-quote: a field in quotes must end with one, within 1 MiB");
      assertThat(rows.nextRow()).isEqualTo(3);
    }
  }

  @Test
  void headerMustHaveEachColumnOnce() {
    assertThatThrownBy(() -> read("conversation_id,message_id,sender_id,text\n"))
        .isInstanceOf(BadFile.class)
        .hasMessage("wrong-columns: the header must have the column sent_at");
    assertThatThrownBy(() -> read("text," + HEADER))
        .isInstanceOf(BadFile.class)
        .hasMessage("wrong-columns: the header must have the column text once");
  }

  @Test
  void emptyFileAndLoneHeaderHaveNoRows() throws Exception {
    assertThat(read("")).isEmpty();
    assertThat(read(HEADER)).isEmpty();
  }

  @Test
  void fieldsMayBePartedByTabs() throws Exception {
    Path file =
        Inputs.write(
            temp.resolve("a.tsv"),
            HEADER.replace(',', '\t') + "c\t1\ts\t" + TIME + "\t안녕, \"또\"\n");
    try (RowReader rows =
        RowReaders.open(
            Inputs.whole(file),
            new InputSettings(InputFormat.CSV, SCHEMA, '\t'),
            new Configuration())) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.message().message().text()).isEqualTo("안녕, \"또\"");
    }
  }

  private List<String> read(String text) throws IOException, BadFile {
    return Inputs.read(
        Inputs.whole(Inputs.write(temp.resolve("a.csv"), text)), InputFormat.CSV, SCHEMA);
  }
}
