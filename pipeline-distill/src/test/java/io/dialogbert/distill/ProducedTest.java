package io.dialogbert.distill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for canaries finds what it is there to find. */
class ProducedTest {
  private static final String SECRET = "황보슬찬 010-8462-9357";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "EUC-KR"})
  void findsInAnyEncoding(String encoding) throws IOException {
    Path file = directory.resolve("file");
    Files.write(file, ("before " + SECRET + " after").getBytes(Charset.forName(encoding)));

    assertThat(produced(file).holds(SECRET)).isTrue();
    assertThat(produced(file).holds("황보슬창")).isFalse();
  }

  @Test
  void findsInPackedFiles() throws IOException {
    Path zip = directory.resolve("file.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("empty"));
      out.putNextEntry(new ZipEntry("entry"));
      out.write(SECRET.getBytes(StandardCharsets.UTF_16LE));
    }
    Path gzip = directory.resolve("file.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    assertThat(produced(zip).holds(SECRET)).isTrue();
    assertThat(produced(gzip).holds(SECRET)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "010 8462 9357",
        "010.8462\u25819357",
        "０１０８４６２９３５７",
        "{\"text\": \"\\ud669\\ubcf4\\uc2ac\\ucc2c\"}",
        "&#54889;&#48372;&#49836;&#52268;"
      })
  void findsOtherSpellings(String text) {
    Produced place = Produced.of("place", text);

    assertThat(place.holds(Produced.compact("010-8462-9357")) || place.holds("황보슬찬")).isTrue();
  }

  @Test
  void doesNotJoinLines() {
    assertThat(Produced.of("place", "010\n8462\n9357").holds("01084629357")).isFalse();
  }

  @Test
  void findsInTheNameOfAFile() throws IOException {
    Path file = Files.createFile(directory.resolve(SECRET + ".txt"));

    assertThat(produced(file).holds(SECRET)).isTrue();
  }

  private Produced produced(Path file) throws IOException {
    return Produced.ofFile(directory, file, null);
  }
}
