package io.dialogbert.job.ingest.read;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.security.AccessControlException;
import org.tukaani.xz.MemoryLimitException;

/** Explains why a file could not be read, without its content or name. */
public final class ReadFailure {
  private ReadFailure() {}

  /** The rule that the file breaks, phrased to follow its name. */
  public static String rule(IOException failure) {
    if (has(failure, AccessDeniedException.class) || has(failure, AccessControlException.class)) {
      return "must be readable: no permission";
    }
    if (has(failure, MemoryLimitException.class) || isWindowTooLarge(failure)) {
      return "must need at most "
          + TextFiles.MAX_UNPACKING_MIB
          + " MiB to be unpacked; pack it with a smaller dictionary or window";
    }
    return "must be readable to its end: "
        + (failure instanceof UnreadableParquetException
            ? failure.getMessage()
            : failure.getClass().getSimpleName());
  }

  private static boolean has(IOException failure, Class<? extends IOException> type) {
    return ExceptionUtils.indexOfType(failure, type) >= 0;
  }

  private static boolean isWindowTooLarge(IOException failure) {
    return failure instanceof ZstdIOException zstd
        && zstd.getErrorCode() == Zstd.errFrameParameterWindowTooLarge();
  }
}
