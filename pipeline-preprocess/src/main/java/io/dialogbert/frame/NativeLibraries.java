package io.dialogbert.frame;

import com.github.luben.zstd.util.Native;
import io.dialogbert.common.BadConfigException;
import java.util.List;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Machine code that is unpacked into a directory before it is loaded: compression, arithmetic. */
final class NativeLibraries {
  /** How the JVM, zstd-jni and snappy-java put it; errors of executors may come as text. */
  private static final List<String> SIGNS =
      List.of("UnsatisfiedLinkError", "Cannot unpack lib", "FAILED_TO_LOAD_NATIVE_LIBRARY");

  private NativeLibraries() {}

  /**
   * Makes sure that Zstandard loads, which every job that writes Parquet needs, and so that the
   * temporary directory lets libraries be loaded.
   *
   * @throws BadConfigException naming the directory
   */
  static void require() {
    try {
      Native.load();
    } catch (LinkageError e) {
      throw new BadConfigException(words(e), e);
    }
  }

  /** What to do if such a library is the reason for an error, which may be a task's. */
  static Optional<String> refusal(Throwable thrown) {
    return ExceptionUtils.getThrowableList(thrown).stream()
        .filter(
            e -> {
              String text = e.toString();
              return SIGNS.stream().anyMatch(text::contains);
            })
        // The innermost: those around it repeat it.
        .reduce((outer, inner) -> inner)
        .map(NativeLibraries::words);
  }

  private static String words(Throwable thrown) {
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
