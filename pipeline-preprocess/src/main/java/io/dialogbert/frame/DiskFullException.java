package io.dialogbert.frame;

import io.dialogbert.common.JobFailedException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** A disk is full; the job ends with exit code 1, and the output is what it was before. */
final class DiskFullException extends JobFailedException {
  /** How Linux, its quotas, HDFS quotas and Windows report it. */
  private static final List<String> SIGNS =
      List.of(
          "No space left on device",
          "Disk quota exceeded",
          "QuotaExceededException",
          "not enough space on the disk");

  /**
   * @param otherDirectories by setting, what the job writes besides its output
   */
  DiskFullException(
      Path output, Map<String, String> otherDirectories, String localDirectory, Throwable cause) {
    super(
        "no space left on a disk: the output goes to "
            + output
            + otherDirectories.entrySet().stream()
                .map(other -> ", other files to " + other.getKey() + " (" + other.getValue() + ")")
                .collect(Collectors.joining())
            + ", Spark's temporary files to spark.local.dir ("
            + localDirectory
            + "); free some or choose another place, and run again. The output directory is as it was"
            + " before.",
        cause);
  }

  /**
   * Whether an error reports a full disk. Errors of executors may arrive as text inside another
   * message.
   */
  static boolean isReportedBy(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String text = String.valueOf(t);
      if (SIGNS.stream().anyMatch(text::contains)) {
        return true;
      }
    }
    return false;
  }
}
