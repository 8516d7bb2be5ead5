package io.dialogbert.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Chart.js (MIT license), from its WebJar. It is embedded in the page, so nothing is loaded. */
final class ChartLibrary {
  static final String SCRIPT = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  private ChartLibrary() {}

  static String script() {
    // The source map that the last line refers to is not in the page.
    return resource(SCRIPT).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }

  /** Reads a text file from the class path. */
  static String resource(String path) {
    try (InputStream in = ChartLibrary.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("class path lacks " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("class path: " + path, e);
    }
  }
}
