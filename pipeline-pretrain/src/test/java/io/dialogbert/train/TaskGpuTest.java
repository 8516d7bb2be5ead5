package io.dialogbert.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskGpuTest {
  @Test
  void takesTheAddressOfAGpuForItsIndex() {
    assertThat(TaskGpu.device("3")).isEqualTo(3);
  }

  @Test
  void refusesAnAddressThatIsNoIndex() {
    assertThatThrownBy(() -> TaskGpu.device("GPU-0f1a"))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining(
            "must be CUDA's indexes, from 0, and Spark's discovery script gave GPU-0f1a");
  }

  @Test
  void refusesToComputeOnTheCpuWhereSparkGaveAGpu() {
    assertThatThrownBy(() -> TaskGpu.requireNoGpu(Optional.of("3"), Optional.empty()))
        .isInstanceOf(BadConfigException.class)
        .hasMessage(
            "Spark assigned GPU 3 to a task, but ND4J computes on the CPU: this build has no CUDA"
                + " backend; build with -Pcuda and install CUDA 11.6 on the executors, or leave"
                + " out spark.task.resource.gpu.amount");
    assertThatThrownBy(() -> TaskGpu.requireNoGpu(Optional.of("0"), Optional.of("no driver")))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining(
            "ND4J computes on the CPU: its CUDA backend does not run (no driver); build");
  }

  @Test
  void refusesToComputeOnTheCpuWhereTheBuildIsForGpus() {
    assertThatThrownBy(() -> TaskGpu.requireNoGpu(Optional.empty(), Optional.of("no driver")))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining(
            "a build for GPUs (-Pcuda), but ND4J computes on the CPU: its CUDA backend does not"
                + " run (no driver)");
  }

  @Test
  void computesOnTheCpuWhereNobodyAskedForAGpu() {
    assertThatCode(() -> TaskGpu.requireNoGpu(Optional.empty(), Optional.empty()))
        .doesNotThrowAnyException();
    assertThatCode(TaskGpu::use).doesNotThrowAnyException();
  }

  @Test
  void refusesAGpuThatTheExecutorDoesNotSee() {
    assertThatCode(() -> TaskGpu.requireVisible(1, 2)).doesNotThrowAnyException();
    assertThatThrownBy(() -> TaskGpu.requireVisible(2, 2))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("GPU 2 to a task, and the executor sees only 2, with indexes from 0");
  }
}
