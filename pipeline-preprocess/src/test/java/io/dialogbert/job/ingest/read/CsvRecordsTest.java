package io.dialogbert.job.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.common.Seeds;
import io.dialogbert.job.ingest.Inputs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each line of a CSV file is part of one record, however its writer uses quotes. */
class CsvRecordsTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029);
  private static final int WIDTH = 4;
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path temp;

  /** Fields from writers that follow RFC 4180, and from others. */
  private static final List<String> FIELDS =
      List.of(
          "가",
          "",
          "\"나, 다\"",
          "\"라\n마\"",
          "\"바\n\n사\"",
          "\"\"",
          "\"\"\"\"",
          "\"아 \"\"자\"\"\"",
          "\"\\\"\"",
          "\"27\\\"\"",
          "\"27\"\"",
          "\"차\\\\\"",
          "카 \"타\"",
          "\"파",
          "하\"",
          "\"",
          "\",\"",
          "\", 거\"",
          "\"너 \"더\" 러\"",
          "머\r버",
          "\"\r\"",
          "\\\"",
          "\"서\"어");

  @Test
  void everyLineIsPartOfOneRecord() throws Exception {
    int together = 0;
    for (int n = 0; n < 2_000; n++) {
      SplittableRandom random = Seeds.of(SEED, "csv", n);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        for (int column = random.nextInt(WIDTH + 1); column > 0; column--) {
          text.append(FIELDS.get(random.nextInt(FIELDS.size()))).append(column > 1 ? "," : "");
        }
        text.append(random.nextInt(3) == 0 ? "\r\n" : "\n");
      }
      List<String> lines = new ArrayList<>(List.of(text.toString().split("\r*\n", -1)));
      long row = 1;
      for (Found record : records(text.toString())) {
        while (lines.get((int) row - 1).isEmpty()) {
          row++;
        }
        assertThat(record.row).as("file %d, -Dtests.seed=%d", n, SEED).isEqualTo(row);
        String[] own = record.text.split("\n", -1);
        assertThat(own)
            .as("file %d, -Dtests.seed=%d", n, SEED)
            .containsExactlyElementsOf(lines.subList((int) row - 1, (int) row - 1 + own.length));
        assertThat(own.length == 1 || record.width == WIDTH)
            .as("file %d, -Dtests.seed=%d", n, SEED)
            .isTrue();
        together += own.length > 1 ? 1 : 0;
        row += own.length;
      }
      assertThat(lines.subList((int) row - 1, lines.size()))
          .as("file %d, -Dtests.seed=%d", n, SEED)
          .allMatch(String::isEmpty);
    }
    assertThat(together).isPositive();
  }

  /** A file that follows RFC 4180 is read as its writer meant it. */
  @Test
  void wellFormedFileIsReadWhole() throws Exception {
    for (int n = 0; n < 500; n++) {
      SplittableRandom random = Seeds.of(SEED, "rfc", n);
      List<List<String>> written = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        List<String> fields = new ArrayList<>();
        for (int column = 0; column < WIDTH; column++) {
          StringBuilder field = new StringBuilder();
          for (int c = random.nextInt(6); c > 0; c--) {
            field.append("가나 ,\"\n\\".charAt(random.nextInt(7)));
          }
          fields.add(field.toString());
          text.append(column == 0 ? "\"" : ",\"").append(field.toString().replace("\"", "\"\""));
          text.append('"');
        }
        written.add(fields);
        text.append("\r\n");
      }
      assertThat(records(text.toString()).stream().map(Found::fields))
          .as("file %d, -Dtests.seed=%d", n, SEED)
          .isEqualTo(written);
    }
  }

  private record Found(long row, String text, int width, List<String> fields) {}

  private List<Found> records(String text) throws Exception {
    Path file = Inputs.write(temp.resolve("a.csv"), "a,b,c,d\n" + text);
    List<Found> records = new ArrayList<>();
    try (CsvRecords csv = new CsvRecords(new LineFile(Inputs.whole(file), HADOOP), ',')) {
      assertThat(csv.next(0, line -> false)).isTrue();
      while (csv.next(WIDTH, line -> false)) {
        List<String> fields = List.of();
        try {
          fields = csv.fields();
        } catch (RejectedRow e) {
          assertThat(e.reason).isIn("bad-quotes", "unclosed-quote");
        }
        records.add(new Found(csv.row() - 1, csv.text(), fields.size(), fields));
      }
    }
    return records;
  }
}
