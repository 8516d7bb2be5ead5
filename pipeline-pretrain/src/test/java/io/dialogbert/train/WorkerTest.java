package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import org.junit.jupiter.api.Test;

class WorkerTest {
  @Test
  void takesTheAddressOfAGpuForItsIndex() {
    assertThat(Worker.device("3")).isEqualTo(3);
  }

  @Test
  void refusesAnAddressThatIsNoIndex() {
    assertThatThrownBy(() -> Worker.device("GPU-0f1a"))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining(
            "must be CUDA's indexes, from 0, and Spark's discovery script gave GPU-0f1a");
  }
}
