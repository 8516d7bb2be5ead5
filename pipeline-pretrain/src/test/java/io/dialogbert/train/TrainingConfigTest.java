package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.ConfigReader;
import io.dialogbert.model.TrainingSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TrainingConfigTest {
  @Test
  void readsEachSettingFromItsOwnKey() {
    TrainingConfig config =
        read(
            "num-steps=100",
            "batch-size=2",
            "num-workers=3",
            "averaging-frequency=4",
            "learning-rate=0.05",
            "warmup-steps=6",
            "weight-decay=0.07",
            "max-gradient-norm=0.8",
            "evaluation-steps=9",
            "evaluation-examples=10");
    assertThat(config)
        .isEqualTo(
            new TrainingConfig(
                100, 2, 3, 4, 0.05, 6, 0.07, 0.8, TrainingSettings.Optimizer.ADAMW, 9, 10));
  }

  @Test
  void pretrainsWithTheSeedsConfigurationByDefault() {
    assertThat(read())
        .isEqualTo(
            new TrainingConfig(
                10_000_000,
                1024,
                2,
                16,
                5e-5,
                10_000,
                0.01,
                1,
                TrainingSettings.Optimizer.ADAMW,
                10_000,
                10_000));
  }

  @Test
  void refusesAWarmupLongerThanTheTraining() {
    assertThatThrownBy(
            () ->
                new TrainingConfig(
                    10, 1, 1, 1, 0.1, 11, 0, 1, TrainingSettings.Optimizer.ADAMW, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("warmup-steps = 11 must be at most num-steps = 10");
  }

  @Test
  void reportsAllValuesOutOfRangeAtOnce() {
    ConfigReader reader = open("num-workers=0", "averaging-frequency=0", "learning-rate=nan-like");
    TrainingConfig.read(reader.section("pretrain").section("training"));
    assertThatThrownBy(() -> reader.finish("pretrain"))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("3 problems")
        .hasMessageContaining("pretrain.training.num-workers = 0")
        .hasMessageContaining("pretrain.training.averaging-frequency = 0")
        .hasMessageContaining("pretrain.training.learning-rate = nan-like");
  }

  @Test
  void optimizesWithTheConstantsOfBert() {
    TrainingConfig config =
        new TrainingConfig(
            100, 2, 3, 4, 0.05, 6, 0.07, 0.8, TrainingSettings.Optimizer.ADAMW, 9, 10);
    assertThat(config.settings().learningRate()).isEqualTo(new WarmupLinearSchedule(0.05, 6, 100));
    assertThat(config.settings().weightDecay()).isEqualTo(0.07);
    assertThat(config.settings().adamBeta1()).isEqualTo(0.9);
    assertThat(config.settings().adamBeta2()).isEqualTo(0.999);
    assertThat(config.settings().adamEpsilon()).isEqualTo(1e-6);
    assertThat(config.settings().maxGradientNorm()).isEqualTo(0.8);
  }

  @Test
  void evaluatesOnceForEachPeriodAndLeavesTheLastStepOut() {
    // Rounds end at 4, 8, 12, ..., 40; periods of 10 steps end within those of 12, 20 and 32.
    assertThat(due(40, 4, 10)).containsExactly(12, 20, 32);
  }

  @Test
  void evaluatesAfterEveryRoundWherePeriodsAreShorter() {
    assertThat(due(12, 4, 1)).containsExactly(4, 8);
  }

  @Test
  void evaluatesAtTheEndAloneWherePeriodsAreLonger() {
    assertThat(due(40, 4, 41)).isEmpty();
  }

  private static List<Integer> due(int numSteps, int averagingFrequency, int evaluationSteps) {
    TrainingConfig config =
        new TrainingConfig(
            numSteps,
            1,
            1,
            averagingFrequency,
            0.1,
            0,
            0,
            1,
            TrainingSettings.Optimizer.ADAMW,
            evaluationSteps,
            1);
    return LongStream.rangeClosed(1, numSteps / averagingFrequency)
        .map(round -> round * averagingFrequency)
        .filter(config::isEvaluationDue)
        .mapToObj(Math::toIntExact)
        .toList();
  }

  private static TrainingConfig read(String... settings) {
    ConfigReader reader = open(settings);
    TrainingConfig config = TrainingConfig.read(reader.section("pretrain").section("training"));
    reader.finish("pretrain");
    return config;
  }

  private static ConfigReader open(String... settings) {
    List<String> sets = List.of(settings).stream().map(s -> "pretrain.training." + s).toList();
    return ConfigReader.open(Optional.empty(), sets);
  }
}
