package io.dialogbert.train;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.model.kernel.CudaCards;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The GPU of a Spark task. A task never computes on the CPU instead. */
public final class TaskGpu {
  private static final Logger LOG = LoggerFactory.getLogger(TaskGpu.class);

  private static final String CUDA_BACKEND = "org.nd4j.linalg.jcublas.JCublasBackend";

  private TaskGpu() {}

  /**
   * Selects the GPU that Spark assigned to this task, else CUDA's first one, if ND4J computes with
   * CUDA. Takes Spark's address as CUDA's index among the devices that this JVM sees. That holds
   * under two conditions. First, the discovery script sees the same devices as the executor: it
   * runs in the executor's own container, or on a host whose executors see all of its GPUs. Second,
   * CUDA numbers the devices as the script does, with {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}.
   *
   * <p>The choice applies only to the calling thread, which is the only one of the task that
   * touches arrays.
   *
   * @throws BadConfigException if there is a GPU, or a build for GPUs, and ND4J cannot use it
   */
  public static void use() {
    Optional<String> address = address(TaskContext.get());
    ExecutionerType type = Nd4j.getExecutioner().type();
    if (type != ExecutionerType.CUDA) {
      requireNoGpu(address, whyNoCuda());
      return;
    }
    int device =
        address
            .map(TaskGpu::device)
            .orElseGet(() -> Nd4j.getAffinityManager().getDeviceForCurrentThread());
    requireVisible(device, Nd4j.getAffinityManager().getNumberOfDevices());
    CudaCards.requireUsable(device);
    Nd4j.getAffinityManager().unsafeSetDevice(device);
    LOG.info("worker {} has GPU {}", TaskContext.getPartitionId(), device);
  }

  private static Optional<String> address(TaskContext context) {
    ResourceInformation gpu = context == null ? null : context.resourcesJMap().get("gpu");
    return gpu == null ? Optional.empty() : Optional.of(gpu.addresses()[0]);
  }

  /** Why ND4J's CUDA backend does not run; empty if the class path does not have it. */
  private static Optional<String> whyNoCuda() {
    try {
      Nd4jBackend backend =
          Class.forName(CUDA_BACKEND)
              .asSubclass(Nd4jBackend.class)
              .getDeclaredConstructor()
              .newInstance();
      return Optional.of(
          backend.isAvailable() ? "it runs, but another backend was chosen" : "it cannot run");
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return Optional.of(e.toString());
    }
  }

  /**
   * For tasks that compute on the CPU.
   *
   * @param address of the GPU that Spark assigned to the task
   * @param whyNoCuda why the CUDA backend does not run; empty if this build is not for GPUs
   */
  static void requireNoGpu(Optional<String> address, Optional<String> whyNoCuda) {
    if (address.isPresent()) {
      throw new BadConfigException(
          "Spark assigned GPU "
              + address.get()
              + " to a task, but ND4J computes on the CPU: "
              + whyNoCuda
                  .map(reason -> "its CUDA backend does not run (" + reason + ")")
                  .orElse("this build has no CUDA backend")
              + "; build with -Pcuda and install CUDA 11.6 on the executors, or leave out"
              + " spark.task.resource.gpu.amount");
    }
    if (whyNoCuda.isPresent()) {
      throw new BadConfigException(
          "this is a build for GPUs (-Pcuda), but ND4J computes on the CPU: its CUDA backend does"
              + " not run ("
              + whyNoCuda.get()
              + "); mend that, or build without -Pcuda");
    }
  }

  /**
   * CUDA's index of a device.
   *
   * @param address address reported by a discovery script
   * @throws BadConfigException if it is not a number
   */
  static int device(String address) {
    try {
      return Integer.parseUnsignedInt(address);
    } catch (NumberFormatException e) {
      throw new BadConfigException(
          "addresses of GPUs must be CUDA's indexes, from 0, and Spark's discovery script gave "
              + address
              + "; let it print nvidia-smi's index",
          e);
    }
  }

  static void requireVisible(int device, int numDevices) {
    if (device >= numDevices) {
      throw new BadConfigException(
          "Spark assigned GPU "
              + device
              + " to a task, and the executor sees only "
              + numDevices
              + ", with indexes from 0; let the discovery script and the executors see the same"
              + " devices");
    }
  }
}
