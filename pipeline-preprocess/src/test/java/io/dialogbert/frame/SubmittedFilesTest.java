package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.common.BadConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmittedFilesTest {
  @TempDir Path dir;

  @Test
  void submittedConfigurationIsFoundWithTheOnesItIncludes() throws IOException {
    Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
    Path mine = Files.writeString(elsewhere.resolve("my.conf"), "include \"sizes.conf\"");
    Path sizes = Files.writeString(dir.resolve("sizes.conf"), "a = 1");
    Path dictionary = dir.resolve("not-there.dic");

    Path found = Path.of(find("my.conf", mine.toUri(), sizes.toUri(), dictionary.toUri()));

    assertThat(found).hasFileName("my.conf").hasSameTextualContentAs(mine);
    assertThat(found.resolveSibling("sizes.conf")).hasSameTextualContentAs(sizes);
  }

  @Test
  void whatIsThereOrWasNotSubmittedIsTakenAsItIs() throws IOException {
    Path there = Files.writeString(dir.resolve("there.conf"), "");
    assertThat(find(there.toString(), dir.resolve("x/there.conf"))).isEqualTo(there.toString());
    assertThat(find("my.conf", dir.resolve("other.conf"))).isEqualTo("my.conf");
    assertThat(find("my.conf")).isEqualTo("my.conf");
  }

  @Test
  void submittedFileThatTheDriverCannotReachIsNamed() {
    assertThatThrownBy(() -> find("my.conf", dir.resolve("home/my.conf")))
        .isInstanceOf(BadConfigException.class)
        .hasMessageContaining("home/my.conf, which --files names")
        .hasMessageContaining("a standalone cluster sends no files to its driver");
  }

  private static String find(String file, Object... submitted) {
    String files = String.join(",", Stream.of(submitted).map(Object::toString).toList());
    return SubmittedFiles.find(file, files, Configuration::new);
  }
}
