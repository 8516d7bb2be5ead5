package io.dialogbert.job.ingest.export;

import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.RepeatedLines;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts the outcome of each line of an export. Every line is counted once. */
final class ExportProfile {
  /** The outcome of a line. */
  enum Sort {
    /** The first line of a message. */
    MESSAGE,
    /** Part of the previous message. */
    CONTINUATION,
    /** Part of the previous message, although it has a time near its beginning, as messages do. */
    CONTINUATION_WITH_TIME,
    /** Written by the messenger. */
    NOTICE,
    /** Probably written by the messenger, with unknown wording. */
    NOTICE_LIKE,
    /** Follows a notice, and belongs to no message. */
    AFTER_NOTICE,
    /** The day of the lines that follow. */
    DATE,
    /** The beginning of a file. */
    HEADER,
    /** Only spaces. */
    BLANK,
    /** Rejected, since it belongs to nothing. */
    STRAY;

    String key() {
      return IngestCounts.LINES + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Map<Sort, Long> counts = new EnumMap<>(Sort.class);

  /** Shapes of header lines, and of lines that may be messages of an unknown form. */
  private final Map<Sort, LineShapes> shapes = new EnumMap<>(Sort.class);

  private final RepeatedLines repeated = new RepeatedLines();

  /** Number of skipped lines with a time near their beginning. */
  private long timedOutside;

  void add(Sort sort) {
    counts.merge(sort, 1L, Long::sum);
  }

  /** Counts a line outside of messages. */
  void addOutside(Sort sort, String line, long row) {
    add(sort);
    boolean mayBeMessage =
        (sort == Sort.AFTER_NOTICE || sort == Sort.NOTICE_LIKE) && LineShapes.hasTime(line);
    timedOutside += mayBeMessage ? 1 : 0;
    if (mayBeMessage || sort == Sort.STRAY || sort == Sort.HEADER) {
      shapes
          .computeIfAbsent(mayBeMessage ? Sort.STRAY : sort, unused -> new LineShapes())
          .add(line, row);
    }
  }

  /** Counts a continuation line of the message that begins with {@code firstLine}. */
  void addContinuation(String line, String firstLine, long row) {
    if (line.isBlank()) {
      add(Sort.BLANK);
    } else {
      add(LineShapes.hasTime(line) ? Sort.CONTINUATION_WITH_TIME : Sort.CONTINUATION);
      repeated.add(line, firstLine, row);
    }
  }

  long count(Sort sort) {
    return counts.getOrDefault(sort, 0L);
  }

  /**
   * Rejects a file that has more lines of an unknown form than messages.
   *
   * @throws BadFileException naming the most frequent shape of these lines
   */
  void check(String messenger) throws BadFileException {
    long unknown = count(Sort.STRAY) + timedOutside;
    if (unknown > count(Sort.MESSAGE)) {
      throw unknown(messenger, unknown);
    }
  }

  /** The error for a file in which no line has a known form. */
  BadFileException noExport(String messenger) {
    return new BadFileException(
        BadFileException.NO_EXPORT,
        "a line must look like one of an export of %s, but there are %s"
            .formatted(messenger, shapes.get(Sort.HEADER).mostFrequent()));
  }

  private BadFileException unknown(String messenger, long unknown) {
    return new BadFileException(
        BadFileException.UNKNOWN_FORM,
        "most lines must look like messages of an export of %s, but %d do and %d do not, %s; export the chat with another version, or give it in another format"
            .formatted(
                messenger, count(Sort.MESSAGE), unknown, shapes.get(Sort.STRAY).mostFrequent()));
  }

  /**
   * Adds all counts to {@code sum}.
   *
   * @param file the file's name in tables
   */
  void addTo(IngestCounts sum, String file) {
    counts.forEach(
        (sort, lines) -> {
          sum.add(sort.key(), lines);
          sum.add(IngestCounts.LINES_IN, lines);
        });
    sum.add(repeated, file);
  }
}
