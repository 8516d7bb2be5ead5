package io.dialogbert.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.FaultyFileSystem;
import io.dialogbert.frame.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {
  @TempDir private Path work;

  @AfterEach
  void heal() {
    FaultyFileSystem.heal();
  }

  private static RunDirectory directory(Path place) {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    return new RunDirectory(hadoop, FaultyFileSystem.path(place));
  }

  private static Manifest plan(String rate) {
    return new Manifest(
        "pretrain",
        1,
        new TreeMap<>(Map.of("learning-rate", rate)),
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new TreeMap<>());
  }

  private static Position at(long step) {
    return new Position(step, 0, 0, 0, 0, 1, 0, Map.of());
  }

  @Test
  void canBeOpenedWhereverAProcessWasKilledThatOpenedIt() throws IOException {
    int changes = 0;
    for (boolean killed = true; killed; changes++) {
      Path place = work.resolve("run-" + changes);
      killed = isKilledAfter(changes, place, plan("0.1"), true, false);
      assertThat(directory(place).open(plan("0.1"), 100, true, false)).isEmpty();
    }
    assertThat(changes).isGreaterThan(2);
  }

  @Test
  void canBeOverwrittenWhereverAProcessWasKilledThatOverwroteIt() throws IOException {
    int changes = 0;
    for (boolean killed = true; killed; changes++) {
      Path place = work.resolve("run-" + changes);
      RunDirectory old = directory(place);
      old.open(plan("0.1"), 100, true, false);
      old.claim();
      old.commit(at(2));
      killed = isKilledAfter(changes, place, plan("0.2"), false, true);
      assertThat(directory(place).open(plan("0.2"), 100, false, true)).isEmpty();
    }
    assertThat(changes).isGreaterThan(5);
  }

  private static boolean isKilledAfter(
      int changes, Path place, Manifest plan, boolean resume, boolean overwrite)
      throws IOException {
    FaultyFileSystem.failAfter(changes);
    try {
      directory(place).open(plan, 100, resume, overwrite);
      return false;
    } catch (IOException e) {
      assertThat(e).hasMessage("the process is gone");
      return true;
    } finally {
      FaultyFileSystem.heal();
    }
  }

  /**
   * Both flags are set to give a finished run more steps. A mistyped setting must not delete it.
   */
  @Test
  void isNotDeletedByAResumeThatMayOverwriteTheOutput() throws IOException {
    RunDirectory first = directory(work);
    first.open(plan("0.1"), 100, true, false);
    first.claim();
    first.commit(at(2));
    assertThatThrownBy(() -> directory(work).open(plan("0.2"), 100, true, true))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "%s holds another run:\n  learning-rate was 0.1, is now 0.2\nchoose another directory"
                + " for training.checkpoints, or pass --overwrite without --resume to delete it",
            first.root());
    assertThat(first.newest()).contains(at(2));
    first.commit(at(4));
    assertThat(directory(work).open(plan("0.1"), 100, true, true)).contains(at(4));
    assertThat(directory(work).open(plan("0.2"), 100, false, true)).isEmpty();
  }

  @Test
  void belongsToTheProcessThatTookItUpLast() throws IOException {
    RunDirectory first = directory(work);
    first.open(plan("0.1"), 100, true, false);
    first.claim();
    first.commit(at(2));
    RunDirectory second = directory(work);
    assertThat(second.open(plan("0.1"), 100, true, false)).contains(at(2));

    assertRefused(() -> first.commit(at(4)));
    assertRefused(() -> first.keep(0, Optional.of(4L)));
    assertRefused(() -> first.discard(2));
    assertRefused(() -> first.deleteFilesExcept(at(2)));
    assertThat(second.newest()).contains(at(2));
    second.commit(at(4));
    assertThat(second.newest()).contains(at(4));
  }

  private interface Act {
    void run() throws IOException;
  }

  private void assertRefused(Act act) {
    assertThatThrownBy(act::run)
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "another process has taken up the run in %s; this one ends", directory(work).root());
  }

  private static Manifest settings(String... settings) {
    TreeMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put("pretrain.training." + settings[i], settings[i + 1]);
    }
    return new Manifest(
        "pretrain",
        1,
        map,
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of(),
        new TreeMap<>());
  }

  @Test
  void goesOnWithWhatDoesNotChangeWhatWasDone() throws IOException {
    String[] mayChange = {
      "num-steps",
      "num-workers",
      "micro-batch-size",
      "max-skipped-rounds",
      "evaluation-steps",
      "checkpoint-steps",
      "keep-checkpoints"
    };
    RunDirectory first = directory(work);
    first.open(settings("num-steps", "9", "warmup-steps", "1"), 9, true, false);
    first.claim();
    first.commit(at(8));
    for (String name : mayChange) {
      Manifest changed = settings("num-steps", "9", "warmup-steps", "1", name, "12");
      assertThat(directory(work).open(changed, 12, true, false)).as(name).contains(at(8));
      assertThat(directory(work).open(changed, 12, true, false)).as(name).contains(at(8));
      assertThat(Files.readString(work.resolve("run.json"))).isEqualTo(changed.toJson());
    }
    assertThatThrownBy(
            () ->
                directory(work)
                    .open(settings("num-steps", "12", "warmup-steps", "2"), 12, true, false))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("pretrain.training.warmup-steps was 1, is now 2")
        .hasMessageNotContaining("num-steps");
  }

  @Test
  void refusesFewerStepsThanAreDone() throws IOException {
    RunDirectory first = directory(work);
    first.open(settings("num-steps", "9"), 9, true, false);
    first.claim();
    first.commit(at(8));
    assertThatThrownBy(() -> directory(work).open(settings("num-steps", "7"), 7, true, false))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "num-steps = 7 is less than the 8 steps that the run in %s has done; give so many at"
                + " least, or pass --overwrite without --resume to begin again",
            first.root());
    // A refused process has not taken the run from the one that continues it.
    first.commit(at(9));
    assertThat(directory(work).open(settings("num-steps", "9"), 9, true, false)).contains(at(9));
  }

  @Test
  void knowsTheBestOfTheEvaluatedStatesAndKeepsIt() throws IOException {
    RunDirectory run = directory(work);
    run.open(plan("0.1"), 100, true, false);
    run.claim();
    double[] losses = {Double.NaN, 3, 2, 2, 4};
    for (int i = 0; i < losses.length; i++) {
      run.commit(at(i + 1));
      run.evaluated(new Evaluation(i + 1, Map.of("loss", losses[i], "accuracy", 1.0 / (i + 1))));
      run.keep(0, Optional.of(i + 1L));
    }
    RunDirectory next = directory(work);
    next.claim();
    assertThat(next.best()).contains(new Evaluation(3, Map.of("loss", 2.0, "accuracy", 1.0 / 3)));
    assertThat(next.bestPosition(3)).isEqualTo(at(3));
    next.deleteFilesExcept(at(3));
    assertThat(next.best()).map(Evaluation::step).contains(3L);
    try (Stream<Path> files = Files.list(work)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(n -> n.startsWith("step")))
          .containsExactlyInAnyOrder("step-000000000003", "step-000000000005");
    }
  }

  /** Patience counts from the first state of the best figure, which is kept for that. */
  @Test
  void takesTheFinerFigureOfStatesWithEqualMainFigures() throws IOException {
    RunDirectory run =
        new RunDirectory(new Configuration(), work.toString(), Selection.of("accuracy"));
    run.open(plan("0.1"), 100, true, false);
    run.claim();
    double[] accuracies = {0.5, 1, 1, 1, 0.9};
    double[] losses = {0.9, 0.6, 0.2, 0.3, 0.1};
    for (int i = 0; i < losses.length; i++) {
      run.commit(at(i + 1));
      run.evaluated(new Evaluation(i + 1, Map.of("loss", losses[i], "accuracy", accuracies[i])));
      run.keep(0, Optional.of(i + 1L));
    }
    assertThat(run.best()).map(Evaluation::step).contains(3L);
    assertThat(run.lastImproved()).map(Evaluation::step).contains(2L);
  }

  @Test
  void saysWhatToDoAboutABestStateThatIsDamaged() throws IOException {
    RunDirectory run = directory(work);
    run.open(plan("0.1"), 100, true, false);
    run.claim();
    VectorPiece lost = new VectorPiece("step-000000000002/params", 0, 1, 0);
    run.commit(new Position(2, 0, 0, 0, 0, 1, 0, Map.of(Position.PARAMS, List.of(lost))));
    assertThatThrownBy(() -> run.bestPosition(2))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("the best state is damaged: state is torn: ")
        .hasMessageContaining("step-000000000002/params is missing")
        .hasMessageEndingWith(
            "; restore the file, or delete %s and run again with --resume, which takes the best of"
                + " the states that are left",
            run.path(2));
  }

  @Test
  void tellsWhatIsNotOfARun() throws IOException {
    Files.writeString(work.resolve("cat.jpg"), "a cat");
    assertThatThrownBy(() -> directory(work).open(plan("0.1"), 100, true, true))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is not empty and has no run.json");
  }
}
