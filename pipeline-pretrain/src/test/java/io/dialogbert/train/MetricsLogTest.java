package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.model.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsLogTest {
  @Test
  void isEmptyWithoutMeasurements() {
    assertThat(new MetricsLog().toJsonLines()).isEmpty();
  }

  @Test
  void writesOneObjectToALineInOrder() {
    MetricsLog log = new MetricsLog();
    Map<String, Object> first = new LinkedHashMap<>();
    first.put("step", 20L);
    first.put("mlm_loss", 7.25);
    log.add(first);
    log.add(Map.of("split", "validation"));
    assertThat(log.toJsonLines())
        .isEqualTo("{\"step\":20,\"mlm_loss\":7.25}\n{\"split\":\"validation\"}\n");
  }

  @Test
  void keepsAMeasurementAsItWasWhenAdded() {
    MetricsLog log = new MetricsLog();
    Map<String, Object> values = new LinkedHashMap<>(Map.of("step", 1));
    log.add(values);
    values.put("step", 2);
    assertThat(log.toJsonLines()).isEqualTo("{\"step\":1}\n");
  }

  @Test
  void refusesWhatIsNoPlainValueAndNamesTheKeysOnly() {
    assertThatThrownBy(() -> new MetricsLog().add(Map.of("loss", new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metrics must be plain values: [loss]");
  }

  @Test
  void logsARoundWithItsLearningRateAndAnEvaluationWithItsSplit() {
    MetricsLog log = new MetricsLog();
    TrainingConfig config =
        new TrainingConfig(10, 4, 2, 5, 0.1, 5, 0, 1, TrainingSettings.Optimizer.ADAMW, 5, 1);
    Progress progress = new Progress(log, config);
    TrainerState state = new TrainerState(new float[0], new float[0], 5);
    progress.round(5, new AveragingTrainer.Round(state, Map.of("mlm_loss", 3.5), 40));
    progress.evaluation(5, Map.of("mlm_loss", 4.5));
    assertThat(log.toJsonLines().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "{\"step\":5,\"examples\":40,\"mlm_loss\":3.5,\"learning_rate\":0.1,\"examples_per_second\":"),
            line ->
                assertThat(line)
                    .isEqualTo("{\"step\":5,\"split\":\"validation\",\"mlm_loss\":4.5}"));
    assertThat(progress.examples()).isEqualTo(40);
  }
}
