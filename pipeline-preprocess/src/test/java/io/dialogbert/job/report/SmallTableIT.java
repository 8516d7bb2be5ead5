package io.dialogbert.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.job.SparkTestSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables written by Spark and read without it. */
class SmallTableIT {
  private static final StructType SCHEMA =
      new StructType()
          .add("lang", DataTypes.StringType)
          .add("day", DataTypes.DateType)
          .add("turns", DataTypes.IntegerType)
          .add("messages", DataTypes.LongType)
          .add("share", DataTypes.DoubleType);

  @TempDir private Path temp;

  @Test
  void readsColumnsOfEachTypeThatStatisticsHave() throws IOException {
    write(
        RowFactory.create("ko", LocalDate.of(2019, 10, 28), 3, 7L << 40, 0.25),
        RowFactory.create("ja", LocalDate.of(1969, 12, 31), -1, 0L, 1e-9),
        RowFactory.create(null, null, null, null, null));
    SmallTable table = read(10);
    assertThat(table.columns()).containsExactly("lang", "day", "turns", "messages", "share");
    assertThat(table.rows())
        .containsExactly(
            List.of("ko", "2019-10-28", 3, 7L << 40, 0.25),
            List.of("ja", "1969-12-31", -1, 0L, 1e-9),
            List.of("null", "null", "null", "null", "null"));
  }

  @Test
  void readsNoMoreRowsThanAsked() throws IOException {
    write(row(1), row(2), row(3));
    assertThat(read(2).rows()).extracting(row -> row.get(2)).containsExactly(1, 2);
  }

  @Test
  void emptyTableHasItsColumns() throws IOException {
    write();
    SmallTable table = read(10);
    assertThat(table.columns()).containsExactly(SCHEMA.fieldNames());
    assertThat(table.rows()).isEmpty();
  }

  private static Row row(int turns) {
    return RowFactory.create("ko", LocalDate.EPOCH, turns, 1L, 1.0);
  }

  private void write(Row... rows) {
    SparkTestSession.get()
        .createDataFrame(List.of(rows), SCHEMA)
        .coalesce(1)
        .write()
        .parquet(temp.resolve("table").toString());
  }

  private SmallTable read(int maxRows) throws IOException {
    Directories directories = new Directories(new Configuration());
    List<String> files =
        directories.files(temp.resolve("table").toString(), Object::toString).stream()
            .map(file -> "table/" + file.getPath().getName())
            .toList();
    return SmallTable.read(directories, temp.toString(), files, maxRows);
  }
}
