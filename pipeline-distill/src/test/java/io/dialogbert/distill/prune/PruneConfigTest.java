package io.dialogbert.distill.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.distill.prune.PruneConfig.Sizes;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.model.EncoderConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PruneConfigTest {
  private static final EncoderConfig ENCODER =
      new EncoderConfig(48, 2, 12, 100, 60, 12, 2, 2, 0, 0, 0.02, 1e-12);

  private static PruneConfig config(String... sets) {
    List<String> all =
        new ArrayList<>(List.of("prune.checkpoint=c", "prune.task-data=t", "prune.output=o"));
    all.addAll(List.of(sets));
    ConfigReader reader = ConfigReader.open(Optional.empty(), all);
    PruneConfig config = PruneConfig.read(reader.section("prune"));
    reader.finish("prune");
    return config;
  }

  @Test
  void takesEqualSharesOut() {
    PruneConfig config =
        config("prune.num-attention-heads=4", "prune.intermediate-size=10", "prune.iterations=3");
    assertThat(IntStream.rangeClosed(1, 3).mapToObj(i -> config.after(i, ENCODER)))
        .containsExactly(new Sizes(10, 70), new Sizes(7, 40), new Sizes(4, 10));
  }

  @Test
  void keepsAllOfWhatIsNotNamed() {
    assertThat(config("prune.intermediate-size=50").after(8, ENCODER)).isEqualTo(new Sizes(12, 50));
  }

  @Test
  void refusesToKeepMoreThanThereIsOrAll() {
    assertThatThrownBy(() -> config("prune.num-attention-heads=13").after(1, ENCODER))
        .isInstanceOf(BadConfigException.class)
        .hasMessage("prune.num-attention-heads = 13 must be at most the network's 12");
    assertThatThrownBy(() -> config("prune.intermediate-size=100").after(1, ENCODER))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "prune.num-attention-heads or prune.intermediate-size must be less than the network's"
                + " 12 and 100");
  }
}
