package io.dialogbert.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.privacy.PiiMasker;
import io.dialogbert.report.HtmlReport;
import io.dialogbert.sample.SampleCorpus;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fingerprints of rules and lists, with a class path on which one file differs. */
class ResourcesTest {
  @TempDir private Path changed;

  @ParameterizedTest
  @CsvSource({
    "privacy.PiiMasker, privacy/rules/phone-ko.conf",
    "privacy.PiiMasker, privacy/rules/common.conf",
    "privacy.PiiMasker, privacy/rules/names/ja-surnames.txt",
    "privacy.PiiMasker, privacy/rules/names/everyday-words.txt",
    "dialogue.SystemLines, dialogue/system-lines.conf",
    "sample.SampleCorpus, sample/ja-words.txt",
    "sample.SampleCorpus, sample/ko-scripts.txt",
    "report.HtmlReport, report/report.css"
  })
  void aChangedFileIsAnotherFingerprint(String type, String file)
      throws IOException, ReflectiveOperationException {
    String name = "io/dialogbert/" + file;
    Path copy = changed.resolve(name);
    Files.createDirectories(copy.getParent());
    String text = Files.readString(Path.of("target/classes", name));
    Files.writeString(copy, text);
    assertThat(fingerprint(type)).isEqualTo(here(type)).hasSize(64);
    Files.writeString(copy, text + "\n# one more line\n");
    assertThat(fingerprint(type)).isNotEqualTo(here(type)).hasSize(64);
  }

  private static String here(String type) {
    return switch (type) {
      case "privacy.PiiMasker" -> PiiMasker.fingerprint();
      case "dialogue.SystemLines" -> SystemLines.fingerprint();
      case "sample.SampleCorpus" -> SampleCorpus.fingerprint();
      case "report.HtmlReport" -> HtmlReport.fingerprint();
      default -> throw new IllegalArgumentException(type);
    };
  }

  private String fingerprint(String type) throws IOException, ReflectiveOperationException {
    List<URL> urls = new ArrayList<>(List.of(changed.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(url(entry));
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> home = Class.forName("io.dialogbert." + type, true, loader);
      return (String) home.getMethod("fingerprint").invoke(null);
    }
  }

  private static URL url(String entry) throws MalformedURLException {
    return Path.of(entry).toUri().toURL();
  }

  @Test
  void orderAndNamesAreOfTheFingerprint() {
    assertThat(Resources.fingerprint(HtmlReport.class, List.of("report.css", "report.js")))
        .isNotEqualTo(Resources.fingerprint(HtmlReport.class, List.of("report.js", "report.css")));
    assertThatThrownBy(() -> Resources.fingerprint(HtmlReport.class, List.of("no-such-file")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("no-such-file");
  }
}
