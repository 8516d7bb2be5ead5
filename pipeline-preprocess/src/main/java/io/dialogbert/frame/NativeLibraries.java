package io.dialogbert.frame;

import com.github.luben.zstd.util.Native;
import io.dialogbert.common.BadConfigException;
import java.util.List;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;

/**
 * Native libraries that are unpacked into a directory before they are loaded: compression,
 * arithmetic.
 */
final class NativeLibraries {
  /**
   * How the JVM, zstd-jni and snappy-java report a failure; executors' errors may arrive as text.
   */
  private static final List<String> SIGNS =
      List.of("UnsatisfiedLinkError", "Cannot unpack lib", "FAILED_TO_LOAD_NATIVE_LIBRARY");

  private NativeLibraries() {}

  /**
   * Checks that Zstandard loads, which every job that writes Parquet needs. This also checks that
   * libraries can be loaded from the temporary directory.
   *
   * @throws BadConfigException naming the directory
   */
  static void require() {
    try {
      Native.load();
    } catch (LinkageError e) {
      throw new BadConfigException(message(e), e);
    }
  }

  /** What to do if such a library caused an error, in the driver or in a task. */
  static Optional<String> explain(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(
            e -> {
              String text = e.toString();
              return SIGNS.stream().anyMatch(text::contains);
            })
        // The innermost one; outer exceptions repeat it.
        .reduce((outer, inner) -> inner)
        .map(NativeLibraries::message);
  }

  private static String message(Throwable thrown) {
    String reason = String.valueOf(thrown.getMessage()).strip();
    return "a native library cannot be loaded: "
        + reason.lines().findFirst().orElse("")
        + "; compression is unpacked into java.io.tmpdir ("
        + System.getProperty("java.io.tmpdir")
        + "), the encoder's arithmetic into "
        + System.getProperty(
            "org.bytedeco.javacpp.cachedir", System.getProperty("user.home") + "/.javacpp/cache")
        + ", which must be writable, have space and allow execution (not mounted noexec); set"
        + " -Djava.io.tmpdir=DIRECTORY and -Dorg.bytedeco.javacpp.cachedir=DIRECTORY, in"
        + " JAVA_TOOL_OPTIONS or in spark.driver.extraJavaOptions and"
        + " spark.executor.extraJavaOptions";
  }
}
