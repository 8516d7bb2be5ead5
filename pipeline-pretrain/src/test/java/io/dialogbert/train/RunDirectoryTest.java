package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.FaultyFileSystem;
import io.dialogbert.common.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
      killed = isKilledAfter(changes, place, plan("0.1"), false);
      assertThat(directory(place).open(plan("0.1"), true, false)).isEmpty();
    }
    assertThat(changes).isGreaterThan(2);
  }

  @Test
  void canBeOverwrittenWhereverAProcessWasKilledThatOverwroteIt() throws IOException {
    int changes = 0;
    for (boolean killed = true; killed; changes++) {
      Path place = work.resolve("run-" + changes);
      RunDirectory old = directory(place);
      old.open(plan("0.1"), true, false);
      old.claim();
      old.commit(at(2));
      killed = isKilledAfter(changes, place, plan("0.2"), true);
      assertThat(directory(place).open(plan("0.2"), true, true)).isEmpty();
    }
    assertThat(changes).isGreaterThan(5);
  }

  private static boolean isKilledAfter(int changes, Path place, Manifest plan, boolean overwrite)
      throws IOException {
    FaultyFileSystem.failAfter(changes);
    try {
      directory(place).open(plan, true, overwrite);
      return false;
    } catch (IOException e) {
      assertThat(e).hasMessage("the process is gone");
      return true;
    } finally {
      FaultyFileSystem.heal();
    }
  }

  @Test
  void belongsToTheProcessThatTookItUpLast() throws IOException {
    RunDirectory first = directory(work);
    first.open(plan("0.1"), true, false);
    first.claim();
    first.commit(at(2));
    RunDirectory second = directory(work);
    assertThat(second.open(plan("0.1"), true, false)).contains(at(2));

    assertRefused(() -> first.commit(at(4)));
    assertRefused(() -> first.keep(0, Optional.of(4L)));
    assertRefused(() -> first.discard(2));
    assertRefused(() -> first.deleteAllBut(at(2)));
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

  @Test
  void tellsWhatIsNotOfARun() throws IOException {
    Files.writeString(work.resolve("cat.jpg"), "a cat");
    assertThatThrownBy(() -> directory(work).open(plan("0.1"), true, true))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is not empty and has no run.json");
  }
}
