package io.dialogbert.model.kernel;

import io.dialogbert.common.BadConfigException;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Which cards ND4J's CUDA backend has machine code for. */
public final class CudaCards {
  // Compute capabilities times ten. The binary has code for 3.7 to 8.6, which also runs on 8.9, and
  // no PTX that a newer card's driver could compile.
  private static final int OLDEST = 37;
  private static final int NEWEST = 89;

  private CudaCards() {}

  /** Checks the card that this thread's operations run on, if ND4J computes on one. */
  public static void requireUsable() {
    if (Nd4j.getExecutioner().type() == ExecutionerType.CUDA) {
      requireUsable(Nd4j.getAffinityManager().getDeviceForCurrentThread());
    }
  }

  /**
   * Checks a card; ND4J must compute with CUDA.
   *
   * @param device CUDA's index
   * @throws BadConfigException if ND4J has no machine code for it
   */
  public static void requireUsable(int device) {
    NativeOps cuda = NativeOpsHolder.getInstance().getDeviceNativeOps();
    requireCode(device, cuda.getDeviceMajor(device), cuda.getDeviceMinor(device));
  }

  /**
   * @param major compute capability before the point
   * @param minor compute capability after the point
   */
  static void requireCode(int device, int major, int minor) {
    int capability = 10 * major + minor;
    if (capability < OLDEST || capability > NEWEST) {
      throw new BadConfigException(
          "GPU "
              + device
              + " has compute capability "
              + major
              + "."
              + minor
              + "; ND4J's CUDA backend runs on 3.7 to 8.9 only; take another card, or build without"
              + " -Pcuda and leave out spark.task.resource.gpu.amount");
    }
  }
}
