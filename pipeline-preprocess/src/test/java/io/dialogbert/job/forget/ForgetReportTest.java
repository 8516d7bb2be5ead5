package io.dialogbert.job.forget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Stages without tables; their manifests determine the result. */
class ForgetReportTest {
  private static final Instant EARLIER = Instant.parse("2024-05-01T00:00:00Z");

  private final Stage examples = stage("examples", "made-elsewhere", 1);
  private final Stage pretrained = stage("pretrained", "pretrain", 1, examples);
  private final Stage page = stage("page", "report", 1, pretrained);

  @Test
  void whatWasMadeOfPresentDirectoriesIsUntouched() throws IOException {
    assertThat(actions(List.of(), examples, pretrained, page))
        .containsExactly("untouched", "untouched", "untouched");
  }

  @Test
  void modelIsTracedThroughTheHistoryOfItsInput() throws IOException {
    Stage forgotten = forgotten(examples, 7);
    assertThat(toDo(forgotten, pretrained, page))
        .containsExactly(
            "",
            "trained on 7 rows with their turns: train again",
            "what it was made of has changed, or has to be made again first: run report"
                + " --overwrite");
  }

  @Test
  void modelOfAnInputThatWasMadeAnewIsNotTakenForUntouched() throws IOException {
    // A job that replaces its output also replaces the history.
    Stage anew = stage("examples", "made-elsewhere", 2);
    assertThat(actions(List.of(), anew, pretrained, page))
        .containsExactly("untouched", "retrain", "make-again");
    assertThat(toDo(anew, pretrained, page).get(1))
        .isEqualTo(
            "may be made of their messages, since its input examples is not among the directories"
                + " as it was then: train again");
  }

  @Test
  void modelOfExamplesThatCannotBeTracedIsNotTakenForUntouched() throws IOException {
    Stage dialogues = stage("dialogues", "build-dialogues", 1);
    Stage untraced = stage("examples", "build-examples", 1, dialogues);
    assertThat(actions(List.of(), untraced, stage("pretrained", "pretrain", 1, untraced)))
        .containsExactly("make-again", "retrain");
  }

  @Test
  void reportsOfEarlierRunsAreInputsLikeOthers() throws IOException {
    Stage earlier = stage("forgotten", "forget", 1);
    Stage pageOfIt = stage("page", "report", 1, earlier);
    assertThat(actions(List.of(earlier), pageOfIt)).containsExactly("untouched");
    assertThat(actions(List.of(), pageOfIt)).containsExactly("make-again");
  }

  private static List<String> actions(List<Stage> others, Stage... stages) throws IOException {
    return rows(others, stages).stream().map(row -> row.<String>getAs(2)).toList();
  }

  private static List<String> toDo(Stage... stages) throws IOException {
    return rows(List.of(), stages).stream().map(row -> row.<String>getAs(5)).toList();
  }

  private static List<Row> rows(List<Stage> others, Stage... stages) throws IOException {
    ForgetReport report = new ForgetReport(others);
    for (Stage stage : stages) {
      report.add(stage, Optional.empty());
    }
    assertThat(report.changed()).isEmpty();
    return report.rows();
  }

  private static Stage forgotten(Stage stage, long rows) {
    Manifest old = stage.manifest();
    SortedMap<String, Long> counts = new TreeMap<>(old.counts());
    counts.put("forgotten.examples", rows);
    return new Stage(
        stage.directory(),
        old.with(counts, old.figures(), old.files(), ForgetHistory.add(old, EARLIER, rows)));
  }

  private static Stage stage(String directory, String job, long rowsOut, Stage... inputs) {
    return new Stage(
        directory,
        new Manifest(
            job,
            1,
            new TreeMap<>(),
            Stream.of(inputs)
                .map(
                    input ->
                        new Manifest.Input(
                            input.directory(), input.directory(), input.fingerprint()))
                .toList(),
            new TreeMap<>(java.util.Map.of("rows_out", rowsOut)),
            new TreeMap<>(),
            List.of(new Manifest.OutputFile("model.zip", 1, -1, "")),
            new TreeMap<>()));
  }
}
