package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.model.EncoderConfig;
import io.dialogbert.model.dl4j.Graphs;
import io.dialogbert.model.dl4j.TrainingSettings;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;

final class WarmupScheduleTest {
  private static final double PEAK = 0.4;

  @Test
  void risesLinearlyOverTheWarmup() {
    WarmupSchedule schedule = new WarmupSchedule(PEAK, 4, 20, 1);
    assertThat(schedule.valueAt(0, 0)).isCloseTo(0.1, within(1e-15));
    assertThat(schedule.valueAt(1, 0)).isCloseTo(0.2, within(1e-15));
    assertThat(schedule.valueAt(3, 0)).isCloseTo(PEAK, within(1e-15));
  }

  @Test
  void fallsLinearlyToZeroAfterTheLastStep() {
    WarmupSchedule schedule = new WarmupSchedule(PEAK, 4, 20, 1);
    assertThat(schedule.valueAt(4, 0)).isCloseTo(PEAK, within(1e-15));
    assertThat(schedule.valueAt(12, 0)).isCloseTo(PEAK / 2, within(1e-15));
    assertThat(schedule.valueAt(19, 0)).isCloseTo(PEAK / 16, within(1e-15));
    assertThat(schedule.valueAt(20, 0)).isZero();
    assertThat(schedule.valueAt(1000, 0)).isZero();
  }

  @Test
  void fallsWithAPowerOfWhatIsLeftOrStays() {
    assertThat(new WarmupSchedule(PEAK, 4, 20, 2).valueAt(12, 0))
        .isCloseTo(PEAK / 4, within(1e-15));
    assertThat(new WarmupSchedule(PEAK, 4, 20, 0).valueAt(19, 0)).isEqualTo(PEAK);
  }

  @Test
  void startsAtThePeakWithoutWarmup() {
    assertThat(new WarmupSchedule(PEAK, 0, 20, 1).valueAt(0, 0)).isEqualTo(PEAK);
  }

  @Test
  void endsAtThePeakIfAllIsWarmup() {
    WarmupSchedule schedule = new WarmupSchedule(PEAK, 20, 20, 1);
    assertThat(schedule.valueAt(19, 0)).isCloseTo(PEAK, within(1e-15));
    assertThat(schedule.valueAt(20, 0)).isZero();
  }

  @Test
  void doesNotOverflowOverTenMillionSteps() {
    WarmupSchedule schedule = new WarmupSchedule(PEAK, 10_000, 10_000_000, 1);
    assertThat(schedule.valueAt(9_999_999, 0)).isPositive().isLessThan(1e-6);
  }

  @Test
  void dependsOnStepsAlone() {
    WarmupSchedule schedule = new WarmupSchedule(PEAK, 4, 20, 1);
    assertThat(schedule.valueAt(7, 3)).isEqualTo(schedule.valueAt(7, 0));
  }

  @Test
  void comesBackFromJsonOfDl4j() throws Exception {
    WarmupSchedule schedule = new WarmupSchedule(PEAK, 4, 20, 1);
    String json = NeuralNetConfiguration.mapper().writeValueAsString(schedule);
    assertThat(NeuralNetConfiguration.mapper().readValue(json, ISchedule.class))
        .isEqualTo(schedule);
  }

  @Test
  void comesBackWithinTheConfigurationOfANetwork() {
    EncoderConfig encoder = new EncoderConfig(4, 1, 2, 3, 9, 8, 2, 2, 0, 0, 0.02, 1e-12);
    WarmupSchedule schedule = new WarmupSchedule(PEAK, 4, 20, 1);
    ComputationGraph graph =
        Graphs.create(
            PretrainingTask.model(encoder),
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
