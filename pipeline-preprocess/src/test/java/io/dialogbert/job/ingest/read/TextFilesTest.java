package io.dialogbert.job.ingest.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.dialogbert.common.Seeds;
import io.dialogbert.job.ingest.Inputs;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Text files: encodings, compression, and lines of parts. */
class TextFilesTest {
  private static final long SEED = Long.getLong("tests.seed", 20191029);
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "gz", "bz2", "zst", "xz"})
  void linesAreTheSameHoweverCompressed(String extension) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      lines.add("줄 " + i);
    }
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    Path file = temp.resolve("a." + extension);
    Files.write(file, compressed(extension, text));
    assertThat(lines(Inputs.whole(file))).isEqualTo(lines);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GZ", "Bz2", "ZST", "XZ"})
  void capitalsInANameMakeNoDifference(String extension) throws Exception {
    byte[] text = "줄 1\n줄 2\n".getBytes(StandardCharsets.UTF_8);
    Path file = temp.resolve("A.JSONL." + extension);
    Files.write(file, compressed(extension.toLowerCase(Locale.ROOT), text));
    assertThat(TextFiles.isCompressed(file.toString())).isTrue();
    assertThat(TextFiles.isCompressed("s3a://bucket/12:30." + extension)).isTrue();
    assertThat(lines(Inputs.whole(file))).containsExactly("줄 1", "줄 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tar.gz", "tgz", "TAR.GZ", "tar", "tar.zst", "zip", "Zip"})
  void archivesAreRefusedByTheirName(String extension) throws Exception {
    Path file = Inputs.write(temp.resolve("a." + extension), "가\n");
    assertThatThrownBy(() -> lines(Inputs.whole(file)))
        .isInstanceOf(BadFileException.class)
        .hasMessage(
            "archive: a file must be one text, compressed or not, and no archive; unpack it");
    Path text = Inputs.write(temp.resolve("tar.zip.jsonl"), "가\n");
    assertThat(lines(Inputs.whole(text))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "bz2", "zst", "xz"})
  void tornFilesAreNotTakenForWhole(String extension) throws Exception {
    byte[] random = new byte[300_000];
    Seeds.of(SEED, extension, 0).nextBytes(random);
    StringBuilder text = new StringBuilder();
    for (byte b : random) {
      text.append((char) ('0' + (b & 63))).append((b & 15) == 0 ? "\n" : "");
    }
    byte[] whole = compressed(extension, text.toString().getBytes(StandardCharsets.UTF_8));
    Path file = temp.resolve("a." + extension);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> lines(Inputs.whole(file))).isInstanceOf(IOException.class);
  }

  @Test
  void filesThatNeedTooMuchMemoryAreRefused() throws Exception {
    byte[] xz = compressed("xz", "가\n".getBytes(StandardCharsets.UTF_8));
    // The header of the first block: size, flags, filter LZMA2 with one byte for its dictionary.
    assertThat(xz).startsWith(0xFD, '7', 'z', 'X', 'Z', 0).containsSequence(0x21, 1, 22);
    ByteBuffer block = ByteBuffer.wrap(xz).order(ByteOrder.LITTLE_ENDIAN);
    // 192 MiB.
    block.put(16, (byte) 31);
    CRC32 check = new CRC32();
    check.update(xz, 12, 8);
    block.putInt(20, (int) check.getValue());
    // A frame with a window of 256 MiB, of one raw block of two bytes.
    byte[] zstd = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, (byte) 0x90, 17, 0, 0, 'a', '\n'};
    byte[] smaller = zstd.clone();
    smaller[5] = (byte) 0x88;
    assertThat(lines(Inputs.whole(Files.write(temp.resolve("b.zst"), smaller))))
        .containsExactly("a");
    for (Path file :
        List.of(Files.write(temp.resolve("a.xz"), xz), Files.write(temp.resolve("a.zst"), zstd))) {
      assertThatThrownBy(() -> lines(Inputs.whole(file)))
          .as(file.toString())
          .isInstanceOfSatisfying(
              IOException.class,
              e ->
                  assertThat(ReadFailure.rule(e))
                      .isEqualTo(
                          "must need at most 128 MiB to be unpacked; pack it with a smaller"
                              + " dictionary or window"));
    }
  }

  @Test
  void lackOfPermissionIsNoLackOfAFile() {
    assertThat(ReadFailure.rule(new IOException(new AccessDeniedException("/raw/kim.txt"))))
        .isEqualTo("must be readable: no permission");
    assertThat(ReadFailure.rule(new AccessControlException("/raw/kim.txt")))
        .isEqualTo("must be readable: no permission");
    assertThat(ReadFailure.rule(new FileNotFoundException("/raw/kim.txt")))
        .isEqualTo("must be readable to its end: FileNotFoundException");
  }

  private static byte[] compressed(String extension, byte[] text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (extension) {
          case "gz" -> new GZIPOutputStream(bytes);
          case "bz2" -> new BZip2CompressorOutputStream(bytes);
          case "zst" -> new ZstdOutputStream(bytes);
          case "xz" -> new XZOutputStream(bytes, new LZMA2Options());
          default -> bytes;
        }) {
      out.write(text);
    }
    return bytes.toByteArray();
  }

  @Test
  void lineBreaksByteOrderMarkAndLastLine() throws Exception {
    Path file = Inputs.write(temp.resolve("a.jsonl"), "\uFEFF가\r\n\r\n나\rx\n다");
    assertThat(lines(Inputs.whole(file))).containsExactly("가", "", "나\rx", "다");
    assertThat(lines(Inputs.whole(Inputs.write(temp.resolve("b.jsonl"), "")))).isEmpty();
    assertThat(lines(Inputs.whole(Inputs.write(temp.resolve("c.jsonl"), "\uFEFF")))).isEmpty();
  }

  @Test
  void fileOfCarriageReturnsAloneIsRefused() throws Exception {
    for (String text : List.of("가\r나\r", "\uFEFFa\r", "a\r" + "b".repeat(100_000))) {
      Path file = Inputs.write(temp.resolve("a.jsonl"), text);
      assertThatThrownBy(() -> lines(Inputs.whole(file)))
          .isInstanceOf(BadFileException.class)
          .hasMessageStartingWith("wrong-line-ends: lines must end with LF or CR LF");
    }
    // The line feed is beyond the part that is inspected.
    Path file = Inputs.write(temp.resolve("a.jsonl"), "b".repeat((1 << 16) - 1) + "\r\nc\r\r\n");
    assertThat(lines(Inputs.whole(file))).hasSize(2).endsWith("c");
  }

  @Test
  void rowsAreTheSameHoweverAFileIsCut() throws Exception {
    for (int n = 0; n < 60; n++) {
      SplittableRandom random = Seeds.of(SEED, "cut", n);
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "\uFEFF" : "");
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append("가나다x".repeat(random.nextInt(4)));
        text.append(random.nextInt(3) == 0 ? "\r\n" : "\n");
      }
      text.append("끝".repeat(random.nextInt(2)));
      Path file = Inputs.write(temp.resolve("a.jsonl"), text.toString());
      List<String> whole = numbered(Inputs.whole(file));
      long size = Files.size(file);
      long step = 1 + random.nextLong(Math.max(1, size));
      List<String> cut = new ArrayList<>();
      long firstRow = 1;
      for (long start = 0; start < size; start += step) {
        InputPart part =
            new InputPart(
                file.toUri().toString(), "a", start, Math.min(size, start + step), firstRow);
        List<String> rows = numbered(part);
        long counted = InputParts.count(part, InputFormat.JSON, HADOOP, 1);
        assertThat(counted).as("file %d, -Dtests.seed=%d", n, SEED).isEqualTo(rows.size());
        firstRow += counted;
        cut.addAll(rows);
      }
      assertThat(cut).as("file %d, -Dtests.seed=%d", n, SEED).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-16BE, UTF-16BE, 안녕하세요 room 1",
    "UTF-16LE, UTF-16LE, 안녕하세요 room 1",
    "UTF-16, UTF-16BE, 안녕하세요",
    "x-UTF-16LE-BOM, UTF-16LE, こんにちは",
    "x-windows-949, CP949 (EUC-KR), 똠방각하 안녕하세요",
    "windows-31j, CP932 (Shift_JIS), こんにちは、ｱﾘｶﾞﾄｳございます",
    "EUC-JP, EUC-JP, こんにちは、元気ですか",
    "ISO-2022-JP, ISO-2022-JP, こんにちは、元気ですか",
    "ISO-2022-KR, ISO-2022-KR, 안녕하세요",
  })
  void otherEncodingsAreNamed(String charset, String name, String text) throws Exception {
    Path file = temp.resolve("a.jsonl");
    Files.write(file, (text + "\n" + text + "\nabc\n").getBytes(Charset.forName(charset)));
    assertThatThrownBy(() -> lines(Inputs.whole(file)))
        .isInstanceOf(BadFileException.class)
        .hasMessage("wrong-encoding: a file must be UTF-8, but this one looks like " + name);
  }

  @ParameterizedTest
  @CsvSource({
    "ISO-8859-1, 안녕하세요 반갑습니다",
    "ISO-8859-1, こんにちは、元気ですか",
    "windows-1252, こんにちは、元気ですか",
  })
  void utf8OfUtf8IsNoText(String taken, String text) throws Exception {
    byte[] once = (text + "\n").getBytes(StandardCharsets.UTF_8);
    Path file = Inputs.write(temp.resolve("a.csv"), new String(once, taken) + "abc\n");
    assertThatThrownBy(() -> lines(Inputs.whole(file)))
        .isInstanceOf(BadFileException.class)
        .hasMessage(
            "wrong-encoding: a file must be UTF-8, but this one looks like UTF-8 that was taken"
                + " for Latin-1 and encoded once more");
    // A user may send such a text.
    Inputs.write(file, text + "\n" + text + "\n" + new String(once, taken) + "café\n");
    assertThat(lines(Inputs.whole(file))).hasSize(4);
  }

  @Test
  void encodingOfALongFileIsDetectedToo() throws Exception {
    Path file = temp.resolve("a.csv");
    Files.write(file, "안녕하세요, 반갑습니다\n".repeat(10_000).getBytes(Charset.forName("EUC-KR")));
    assertThatThrownBy(() -> lines(Inputs.whole(file))).hasMessageContaining("CP949");
    Inputs.write(file, "안녕하세요, 반갑습니다".repeat(10_000));
    assertThat(lines(Inputs.whole(file))).hasSize(1);
  }

  private static List<String> lines(InputPart part) throws IOException, BadFileException {
    return numbered(part).stream().map(line -> line.substring(line.indexOf(' ') + 1)).toList();
  }

  private static List<String> numbered(InputPart part) throws IOException, BadFileException {
    List<String> all = new ArrayList<>();
    try (LineFile lines = new LineFile(part, HADOOP)) {
      while (lines.next()) {
        all.add(lines.row() + " " + lines.lenientText());
      }
    }
    return all;
  }
}
