package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.dl4j.TrainingSettings;
import io.dialogbert.model.kernel.Precision;
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
            "micro-batch-size=1",
            "precision=float32",
            "num-workers=3",
            "averaging-frequency=4",
            "average-moments=false",
            "compress-changes=true",
            "outer-learning-rate=0.7",
            "outer-momentum=0.9",
            "learning-rate=0.05",
            "warmup-steps=6",
            "decay-power=2",
            "weight-decay=0.07",
            "max-gradient-norm=0.8",
            "loss-spike-factor=11",
            "max-skipped-rounds=12",
            "evaluation-steps=9",
            "evaluation-examples=10",
            "checkpoints=elsewhere",
            "checkpoint-steps=13",
            "keep-checkpoints=14",
            "saved-step=best",
            "patience-steps=15");
    assertThat(config)
        .isEqualTo(
            new TrainingConfig(
                2,
                1,
                Precision.FLOAT32,
                new AveragingConfig(3, 4, false, true, 0.7, 0.9),
                new WarmupSchedule(0.05, 6, 100, 2),
                0.07,
                0.8,
                TrainingSettings.Optimizer.ADAMW,
                11,
                12,
                9,
                10,
                new TrainingConfig.CheckpointConfig(
                    "elsewhere", 13, 14, TrainingConfig.SavedStep.BEST, 15)));
  }

  @Test
  void pretrainsWithTheSeedsConfigurationByDefault() {
    assertThat(read())
        .isEqualTo(
            new TrainingConfig(
                1024,
                1024,
                Precision.AUTO,
                AveragingConfig.plain(2, 16),
                new WarmupSchedule(5e-5, 10_000, 10_000_000, 1),
                0.01,
                1,
                TrainingSettings.Optimizer.ADAMW,
                3,
                10,
                10_000,
                10_000,
                new TrainingConfig.CheckpointConfig(
                    "out-checkpoints", 10_000, 3, TrainingConfig.SavedStep.LAST, 0)));
  }

  @Test
  void refusesAWarmupLongerThanTheTraining() {
    AveragingConfig averaging = AveragingConfig.plain(1, 1);
    assertThatThrownBy(() -> TinyExamples.training(10, 1, averaging, 0.1, 11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("warmup-steps = 11 must be at most num-steps = 10");
  }

  @Test
  void reportsAllValuesOutOfRangeAtOnce() {
    ConfigReader reader = open("num-workers=0", "averaging-frequency=0", "learning-rate=nan-like");
    TrainingConfig.read(reader.section("pretrain").section("training"), "out");
    assertThatThrownBy(() -> reader.finish("pretrain"))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("3 problems")
        .hasMessageContaining("pretrain.training.num-workers = 0")
        .hasMessageContaining("pretrain.training.averaging-frequency = 0")
        .hasMessageContaining("pretrain.training.learning-rate = nan-like");
  }

  @Test
  void missingOutputIsNotedOnceAlone() {
    ConfigReader in = open().section("pretrain").section("training");
    assertThat(TrainingConfig.read(in, "").checkpoints().directory()).isEmpty();
  }

  @Test
  void optimizesWithTheConstantsOfBert() {
    TrainingConfig config = TinyExamples.training(100, 2, AveragingConfig.plain(3, 4), 0.05, 6);
    assertThat(config.settings().learningRate()).isEqualTo(new WarmupSchedule(0.05, 6, 100, 1));
    assertThat(config.settings().weightDecay()).isEqualTo(0.01);
    assertThat(config.settings().adamBeta1()).isEqualTo(0.9);
    assertThat(config.settings().adamBeta2()).isEqualTo(0.999);
    assertThat(config.settings().adamEpsilon()).isEqualTo(1e-6);
    assertThat(config.settings().maxGradientNorm()).isEqualTo(1);
  }

  @Test
  void isDueOnceForEachPeriodAndAtTheLastStep() {
    // Rounds end at 4, 8, 12, ..., 40; periods of 10 steps end in the rounds up to 12, 20 and 32.
    assertThat(due(40, 4, 10)).containsExactly(12, 20, 32, 40);
  }

  @Test
  void isDueAfterEveryRoundWherePeriodsAreShorter() {
    assertThat(due(12, 4, 1)).containsExactly(4, 8, 12);
  }

  @Test
  void isDueAtTheEndAloneWherePeriodsAreLonger() {
    assertThat(due(40, 4, 41)).containsExactly(40);
  }

  private static List<Integer> due(int numSteps, int frequency, int interval) {
    TrainingConfig config =
        TinyExamples.training(numSteps, 1, AveragingConfig.plain(1, frequency), 0.1, 0);
    return LongStream.rangeClosed(1, numSteps / frequency)
        .map(round -> round * frequency)
        .filter(step -> config.isDue(interval, step))
        .mapToObj(Math::toIntExact)
        .toList();
  }

  private static TrainingConfig read(String... settings) {
    ConfigReader reader = open(settings);
    TrainingConfig config =
        TrainingConfig.read(reader.section("pretrain").section("training"), "out");
    reader.finish("pretrain");
    return config;
  }

  private static ConfigReader open(String... settings) {
    List<String> sets = List.of(settings).stream().map(s -> "pretrain.training." + s).toList();
    return ConfigReader.open(Optional.empty(), sets);
  }
}
