package io.dialogbert.distill;

import io.dialogbert.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * All that one place says.
 *
 * @param place where it was found, for messages
 * @param text unpacked: rows of a table, entries of a zip; ids also as the text that they stand for
 * @param compact the letters and digits of each line
 * @param bytes as they lie in the file, and unpacked
 */
record Produced(String place, String text, String compact, String bytes) {
  private static final List<String> IDS = List.of("input_ids", "second_ids");
  private static final List<Charset> ENCODINGS =
      List.of(
          StandardCharsets.UTF_8,
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16BE,
          Charset.forName("EUC-KR"),
          Charset.forName("Shift_JIS"));

  static Produced of(String place, String text, byte[] bytes) {
    // One character for each byte: the fastest search that the library has.
    return new Produced(place, text, compact(text), new String(bytes, StandardCharsets.ISO_8859_1));
  }

  static Produced of(String place, String text) {
    return of(place, text, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A file below {@code root}, its name included. */
  static Produced ofFile(Path root, Path file, Tokenizer tokenizer) throws IOException {
    String place = root.relativize(file).toString();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(Files.readAllBytes(file));
    StringBuilder text = new StringBuilder(place).append('\n');
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      readTable(file, tokenizer, text);
    } else if (name.endsWith(".zip")) {
      try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          byte[] unpacked = zip.readAllBytes();
          bytes.write(unpacked);
          text.append(entry.getName()).append('\n').append(utf8(unpacked)).append('\n');
        }
      }
    } else if (name.endsWith(".gz")) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        byte[] unpacked = in.readAllBytes();
        bytes.write(unpacked);
        text.append(utf8(unpacked));
      }
    } else {
      text.append(utf8(bytes.toByteArray()));
    }
    return of(place, text.toString(), bytes.toByteArray());
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void readTable(Path file, Tokenizer tokenizer, StringBuilder text)
      throws IOException {
    try (ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
            .withConf(new Configuration())
            .build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        text.append(row);
        for (String column : IDS) {
          if (row.getType().containsField(column)) {
            Group ids = row.getGroup(column, 0);
            int[] values = new int[ids.getFieldRepetitionCount(0)];
            for (int i = 0; i < values.length; i++) {
              values[i] = ids.getGroup(0, i).getInteger(0, 0);
            }
            text.append("decoded: ").append(tokenizer.decode(values)).append('\n');
          }
        }
      }
    }
  }

  /** Files below a directory, hidden ones and checksums included. */
  static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** What is left of each line when separators are gone; digits of any script as 0 to 9. */
  static String compact(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || c == '\n')
        .forEach(
            c -> {
              if (Character.isDigit(c)) {
                out.append(Character.digit(c, 10));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** Whether any of the forms is here, in any encoding or escaped as in JSON or HTML. */
  boolean holds(Set<String> forms) {
    return forms.stream().anyMatch(this::holds);
  }

  boolean holds(String form) {
    if (text.contains(form) || compact.contains(form)) {
      return true;
    }
    if (text.contains(escaped(form, "\\u%04x", "")) || text.contains(escaped(form, "&#%d", ";"))) {
      return true;
    }
    return ENCODINGS.stream()
        .filter(encoding -> encoding.newEncoder().canEncode(form))
        .map(encoding -> new String(form.getBytes(encoding), StandardCharsets.ISO_8859_1))
        .distinct()
        .anyMatch(bytes::contains);
  }

  private static String escaped(String form, String format, String end) {
    return form.chars()
        .mapToObj(
            c -> c > 0x7F ? String.format(Locale.ROOT, format, c) + end : Character.toString(c))
        .collect(Collectors.joining());
  }
}
