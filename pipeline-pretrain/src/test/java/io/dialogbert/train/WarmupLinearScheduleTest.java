package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.PretrainingModel;
import io.dialogbert.model.TrainingSettings;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;

final class WarmupLinearScheduleTest {
  private static final double PEAK = 0.4;

  @Test
  void risesLinearlyOverTheWarmup() {
    WarmupLinearSchedule schedule = new WarmupLinearSchedule(PEAK, 4, 20);
    assertThat(schedule.valueAt(0, 0)).isCloseTo(0.1, within(1e-15));
    assertThat(schedule.valueAt(1, 0)).isCloseTo(0.2, within(1e-15));
    assertThat(schedule.valueAt(3, 0)).isCloseTo(PEAK, within(1e-15));
  }

  @Test
  void fallsLinearlyToZeroAfterTheLastStep() {
    WarmupLinearSchedule schedule = new WarmupLinearSchedule(PEAK, 4, 20);
    assertThat(schedule.valueAt(4, 0)).isCloseTo(PEAK, within(1e-15));
    assertThat(schedule.valueAt(12, 0)).isCloseTo(PEAK / 2, within(1e-15));
    assertThat(schedule.valueAt(19, 0)).isCloseTo(PEAK / 16, within(1e-15));
    assertThat(schedule.valueAt(20, 0)).isZero();
    assertThat(schedule.valueAt(1000, 0)).isZero();
  }

  @Test
  void startsAtThePeakWithoutWarmup() {
    assertThat(new WarmupLinearSchedule(PEAK, 0, 20).valueAt(0, 0)).isEqualTo(PEAK);
  }

  @Test
  void endsAtThePeakIfAllIsWarmup() {
    WarmupLinearSchedule schedule = new WarmupLinearSchedule(PEAK, 20, 20);
    assertThat(schedule.valueAt(19, 0)).isCloseTo(PEAK, within(1e-15));
    assertThat(schedule.valueAt(20, 0)).isZero();
  }

  @Test
  void doesNotOverflowOverTenMillionSteps() {
    WarmupLinearSchedule schedule = new WarmupLinearSchedule(PEAK, 10_000, 10_000_000);
    assertThat(schedule.valueAt(9_999_999, 0)).isPositive().isLessThan(1e-6);
  }

  @Test
  void dependsOnStepsAlone() {
    WarmupLinearSchedule schedule = new WarmupLinearSchedule(PEAK, 4, 20);
    assertThat(schedule.valueAt(7, 3)).isEqualTo(schedule.valueAt(7, 0));
  }

  @Test
  void comesBackFromJsonOfDl4j() throws Exception {
    WarmupLinearSchedule schedule = new WarmupLinearSchedule(PEAK, 4, 20);
    String json = NeuralNetConfiguration.mapper().writeValueAsString(schedule);
    assertThat(NeuralNetConfiguration.mapper().readValue(json, ISchedule.class))
        .isEqualTo(schedule);
  }

  @Test
  void comesBackWithinTheConfigurationOfANetwork() {
    EncoderConfig encoder = new EncoderConfig(4, 1, 2, 3, 9, 8, 2, 2, 0, 0, 0.02, 1e-12);
    WarmupLinearSchedule schedule = new WarmupLinearSchedule(PEAK, 4, 20);
    ComputationGraph graph =
        PretrainingModel.create(
            encoder,
            new TrainingSettings(
                schedule, 0.01, 0.9, 0.999, 1e-6, 1, TrainingSettings.Optimizer.ADAMW),
            1);
    String json = graph.getConfiguration().toJson();
    ComputationGraph again = new ComputationGraph(ComputationGraphConfiguration.fromJson(json));
    again.init();
    for (int step : new int[] {0, 3, 4, 12, 19}) {
      again.getConfiguration().setIterationCount(step);
      assertThat(again.getLearningRate("bert"))
          .as("step %d", step)
          .isEqualTo(schedule.valueAt(step, 0));
    }
  }
}
