package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.frame.store.FaultyFileSystem;
import io.dialogbert.train.run.Position;
import io.dialogbert.train.run.RunDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MetricsLogTest {
  @TempDir private java.nio.file.Path directory;

  @Test
  void isEmptyWithoutMeasurements() throws IOException {
    assertThat(log(0).toJsonLines()).isEmpty();
  }

  @Test
  void writesOneObjectToALineInOrder() throws IOException {
    MetricsLog log = log(0);
    Map<String, Object> first = new LinkedHashMap<>();
    first.put("step", 20L);
    first.put("mlm_loss", 7.25);
    log.add(first);
    log.add(Map.of("split", "validation"));
    assertThat(log.toJsonLines())
        .isEqualTo("{\"step\":20,\"mlm_loss\":7.25}\n{\"split\":\"validation\"}\n");
  }

  @Test
  void keepsAMeasurementAsItWasWhenAdded() throws IOException {
    MetricsLog log = log(0);
    Map<String, Object> values = new LinkedHashMap<>(Map.of("step", 1));
    log.add(values);
    values.put("step", 2);
    assertThat(log.toJsonLines()).isEqualTo("{\"step\":1}\n");
  }

  @Test
  void refusesWhatIsNoPlainValueAndNamesTheKeysOnly() throws IOException {
    assertThatThrownBy(() -> log(0).add(Map.of("loss", new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metrics must be plain values: [loss]");
  }

  @Test
  void goesOnWithTheLinesOfAnEarlierProcessUpToItsStep() throws IOException {
    MetricsLog first = log(0);
    first.add(Map.of("step", 4));
    first.newFile();
    first.add(Map.of("step", 8));
    first.flush();
    first.add(Map.of("step", 12));
    first.flush();
    MetricsLog second = log(8);
    assertThat(second.toJsonLines()).isEqualTo("{\"step\":4}\n{\"step\":8}\n");
    second.add(Map.of("step", 10));
    second.flush();
    assertThat(log(100).toJsonLines()).isEqualTo("{\"step\":4}\n{\"step\":8}\n{\"step\":10}\n");
  }

  /**
   * Whichever change of the file system comes last, the next process gets the lines that the first
   * one had.
   */
  @Test
  void losesNothingThatWasThereWhereverTheProcessIsKilled() throws IOException {
    int changes = 0;
    for (boolean killed = true; killed; changes++) {
      java.nio.file.Path place = directory.resolve("metrics-" + changes);
      MetricsLog first = faulty(place, 0);
      first.add(Map.of("step", 2));
      first.newFile();
      first.add(Map.of("step", 4));
      first.flush();
      first.add(Map.of("step", 6));
      first.flush();
      FaultyFileSystem.failAfter(changes);
      try {
        // The last line is dropped, the second file grows, and a third one is begun.
        MetricsLog second = faulty(place, 4);
        second.add(Map.of("step", 6));
        second.flush();
        second.newFile();
        second.add(Map.of("step", 8));
        second.flush();
        killed = false;
      } catch (IOException e) {
        assertThat(e).hasMessage("the process is gone");
      } finally {
        FaultyFileSystem.heal();
      }
      assertThat(faulty(place, 4).toJsonLines())
          .as("after %d changes", changes)
          .isEqualTo("{\"step\":2}\n{\"step\":4}\n");
    }
    assertThat(changes).isGreaterThan(5);
  }

  /** If a process added nothing, the next one's first file has the name of an existing file. */
  @Test
  void losesNothingWhereNothingWasAdded() throws IOException {
    int changes = 0;
    for (boolean killed = true; killed; changes++) {
      java.nio.file.Path place = directory.resolve("idle-" + changes);
      MetricsLog first = faulty(place, 0);
      first.add(Map.of("step", 2));
      first.flush();
      FaultyFileSystem.failAfter(changes);
      try {
        faulty(place, 2);
        killed = false;
      } catch (IOException e) {
        assertThat(e).hasMessage("the process is gone");
      } finally {
        FaultyFileSystem.heal();
      }
      assertThat(faulty(place, 2).toJsonLines()).as("after %d changes", changes).isNotEmpty();
    }
    assertThat(changes).isGreaterThan(2);
  }

  @Test
  void dropsWhatIsMeasuredAgain() throws IOException {
    MetricsLog first = log(0);
    first.add(Map.of("step", 2, "event", "evaluation"));
    first.add(Map.of("step", 4, "event", "round"));
    first.add(Map.of("step", 4, "event", "evaluation"));
    first.flush();
    MetricsLog second = log(directory.toString(), 4, true);
    assertThat(second.has(2, "evaluation")).isTrue();
    assertThat(second.has(4, "round")).isTrue();
    assertThat(second.has(4, "evaluation")).isFalse();
  }

  private static MetricsLog faulty(java.nio.file.Path place, long step) throws IOException {
    return log(FaultyFileSystem.path(place), step, false);
  }

  private static MetricsLog log(String run, long step, boolean again) throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    RunDirectory directory = new RunDirectory(hadoop, run);
    directory.claim();
    return new MetricsLog(directory, step, again);
  }

  @Test
  void knowsWhatWasMeasured() throws IOException {
    MetricsLog log = log(0);
    log.add(Map.of("step", 4, "event", "evaluation"));
    assertThat(log.has(4, "evaluation")).isTrue();
    assertThat(log.has(4, "checkpoint")).isFalse();
    assertThat(log.has(2, "evaluation")).isFalse();
  }

  @Test
  void logsARoundWithItsLearningRateAndAnEvaluationWithItsSplit() throws IOException {
    MetricsLog log = log(0);
    TrainingConfig config = TinyExamples.training(10, 4, AveragingConfig.plain(2, 5), 0.1, 5);
    Position start = new Position(0, 0, 0, 0, 0, 2, 0, Map.of());
    Progress progress = new Progress(log, config, start);
    Position end = new Position(5, 40, 40, 1, 0, 2, 3.5, Map.of());
    progress.round(new AveragingTrainer.Round(end, Map.of("mlm_loss", 3.5), 1.5, 40, 0, 0, 1000));
    progress.evaluation(5, Map.of("mlm_loss", 4.5));
    progress.checkpoint(5);
    assertThat(log.toJsonLines().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "{\"step\":5,\"event\":\"round\",\"split\":\"train\",\"examples\":40,\"mlm_loss\":3.5,\"gradient_norm\":1.5,\"learning_rate\":0.1,\"examples_per_second\":")
                    .contains(
                        ",\"train_seconds\":0.0,\"loader_seconds\":0.0,\"averaging_seconds\":")
                    .endsWith(",\"bytes_moved\":1000,\"skipped_rounds\":0}"),
            line ->
                assertThat(line)
                    .startsWith(
                        "{\"step\":5,\"event\":\"evaluation\",\"split\":\"validation\",\"mlm_loss\":4.5,\"evaluation_seconds\":"),
            line ->
                assertThat(line)
                    .startsWith("{\"step\":5,\"event\":\"checkpoint\",\"checkpoint_seconds\":"));
  }

  @Test
  void addsUpWhatMeasurementsHave() throws IOException {
    MetricsLog log = log(0);
    log.add(Map.of("step", 1, "train_seconds", 1.5));
    log.add(Map.of("step", 1, "evaluation_seconds", 4.0));
    log.add(Map.of("step", 2, "train_seconds", 2.5));
    assertThat(log.total("train_seconds")).isEqualTo(4);
    assertThat(log.total("nothing")).isZero();
  }

  @Test
  void writesNumbersThatAreNotFiniteAsNulls() throws IOException {
    MetricsLog log = log(0);
    log.add(Map.of("gradient_norm", Double.POSITIVE_INFINITY));
    assertThat(log.toJsonLines()).isEqualTo("{\"gradient_norm\":null}\n");
  }

  private MetricsLog log(long step) throws IOException {
    return log(directory.toString(), step, false);
  }
}
