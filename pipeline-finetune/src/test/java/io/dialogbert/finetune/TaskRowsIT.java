package io.dialogbert.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.job.SparkTestSession;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.tag.PiecePlaces;
import io.dialogbert.task.tag.TaggedText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Task examples as rows and as Parquet, of this version and of earlier ones. */
final class TaskRowsIT {
  @TempDir private Path work;

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static TaskExample tagged() {
    TaggedText text =
        new TaggedText(
            new int[] {1, 2, -1, 0}, new PiecePlaces(new int[] {0, 3, 4}, new int[] {2, 4, 4}));
    return TaskExample.ofTags("f-1", "ko", new int[] {7, 8, 9}, text);
  }

  private List<TaskExample> readBack(String name, TaskExample example, String... without)
      throws IOException {
    Dataset<Row> rows =
        SparkTestSession.get()
            .createDataFrame(
                List.of(TaskRows.toRow(example, new String[0], "train")), TaskRows.SCHEMA)
            .drop(without)
            .coalesce(1);
    rows.write().parquet(work.resolve(name).toString());
    List<TaskExample> examples = new ArrayList<>();
    examples.add(TaskRows.fromRow(rows.first()));
    String file = rows.sparkSession().read().parquet(work.resolve(name).toString()).inputFiles()[0];
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file))
            .withConf(new Configuration())
            .build()) {
      examples.add(TaskRows.decode(reader.read()));
    }
    return examples;
  }

  @Test
  void givesBackTagsAndPlaces() throws IOException {
    assertThat(readBack("tags", tagged()))
        .hasSize(2)
        .allSatisfy(example -> assertThat(example).usingRecursiveComparison().isEqualTo(tagged()));
  }

  @Test
  void readsWhatEarlierVersionsWrote() throws IOException {
    TaskExample text = TaskExample.ofText("f-2", "ja", new int[] {7}, 1);
    assertThat(
            readBack(
                "old",
                text,
                "tags",
                "piece_starts",
                "piece_ends",
                TaskRows.NEGATIVE_IDS,
                "negative_key"))
        .hasSize(2)
        .allSatisfy(example -> assertThat(example).usingRecursiveComparison().isEqualTo(text));
  }
}
