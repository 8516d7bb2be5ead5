package io.dialogbert.respond.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an index holds of dialogues. */
final class BuildIndexIT {
  @TempDir static Path work;

  private static TinyWorld world;

  @BeforeAll
  static void makeWorld() {
    world = new TinyWorld(work);
    world.makeIndex("index");
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private static Manifest manifest(String index) throws IOException {
    return new Directories(new Configuration()).finished("index", world.path(index));
  }

  private static List<String> rows(String index, String table, String... columns) {
    return SparkTestSession.get()
        .read()
        .parquet(world.path(index) + "/" + table)
        .orderBy("lang", "row")
        .selectExpr(columns)
        .collectAsList()
        .stream()
        .map(row -> row.mkString("|"))
        .toList();
  }

  @Test
  void pairsHaveTheMostCommonReplyOfTextsThatEnoughPeopleWrote() {
    assertThat(rows("index", "pairs", "lang", "row", "query", "reply", "people"))
        .containsExactly(
            "ja|0|何してる|ごはん食べてる|4",
            "ja|1|元気ですか|元気です|3",
            "ko|0|뭐 해|그냥 있어|5",
            "ko|1|안녕하세요|네 안녕하세요|4",
            "ko|2|점심 먹었어|아직 안 먹었어|3");
  }

  @Test
  void repliesAreTextsThatAnswer() {
    assertThat(rows("index", "replies", "lang", "reply", "people"))
        .containsExactly(
            "ja|ごはん食べてる|4",
            "ja|元気です|3",
            "ko|그냥 있어|5",
            "ko|네 안녕하세요|4",
            "ko|밥 먹어|3",
            "ko|아직 안 먹었어|3");
  }

  @Test
  void vectorsHaveLengthOne() {
    for (String table : List.of("pairs", "replies")) {
      for (Row row :
          SparkTestSession.get()
              .read()
              .parquet(world.path("index") + "/" + table)
              .collectAsList()) {
        double norm =
            row.<Float>getList(row.fieldIndex("vector")).stream().mapToDouble(x -> x * x).sum();
        assertThat(norm).isBetween(1 - 1e-5, 1 + 1e-5);
      }
    }
  }

  @Test
  void countsWhatIsLeftOut() throws IOException {
    assertThat(manifest("index").counts())
        .containsEntry("rejected.personal-data", 6L)
        .containsEntry("rejected.harmful", 0L)
        .containsEntry("texts_of_few_people", 2L)
        .containsEntry("pairs.ko", 3L)
        .containsEntry("replies.ja", 2L);
  }

  @Test
  void everyTextOfASmallCorpusMayBeWanted() {
    world.makeIndex("small", "build-index.min-people=1");
    assertThat(rows("small", "pairs", "query")).contains("아무도 모르는 말");
    assertThat(rows("small", "replies", "reply")).noneMatch(reply -> reply.contains("[ADDRESS]"));
  }

  @Test
  void doesNotDependOnPartitions() throws IOException {
    world.makeIndex("seven", "spark.sql.shuffle.partitions=7");
    assertThat(manifest("seven").files()).isEqualTo(manifest("index").files());
  }

  @Test
  void measuresTheRecallOfGraphs() throws IOException {
    world.makeIndex("graphs", "build-index.graph-from=3");
    assertThat(manifest("graphs").figures())
        .containsOnlyKeys("pairs_recall_at_10.ko", "replies_recall_at_10.ko")
        .allSatisfy((figure, value) -> assertThat(value).isEqualTo(1));
  }

  @Test
  void refusesACorpusOfTooFewPeople() {
    JobRun run = world.index("none", "build-index.min-people=100");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("no text of the training split was written by 100 people");
  }

  @Test
  void refusesNetworksWithoutVectors() {
    JobRun run = world.index("none", "build-index.similarity=" + world.path("reactions"));
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err()).contains("has a classifier and makes no sentence vectors");
  }

  @Test
  void refusesToMakeNothing() {
    JobRun run = world.index("none", "build-index.similarity=\"\"", "build-index.reply=\"\"");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_CONFIG);
    assertThat(run.err()).contains("similarity, reply or both must be set");
  }
}
