package io.dialogbert.preprocess;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What became of the lines of an export: each is of one sort, and all are counted. */
final class ExportProfile {
  /** What became of a line. */
  enum Sort {
    /** The first line of a message. */
    MESSAGE,
    /** Part of the message before. */
    CONTINUATION,
    /** Part of the message before, though it has a time near its beginning, as messages have. */
    CONTINUATION_WITH_TIME,
    /** What the messenger wrote. */
    NOTICE,
    /** What the messenger seems to have written, in words that are not known. */
    NOTICE_LIKE,
    /** What stands behind a notice, and no message goes on with. */
    AFTER_NOTICE,
    /** The day of the lines that follow. */
    DATE,
    /** What a file begins with. */
    HEADER,
    /** Nothing but spaces. */
    BLANK,
    /** Rejected: it has no place. */
    STRAY;

    String key() {
      return IngestCounts.LINES + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Map<Sort, Long> counts = new EnumMap<>(Sort.class);

  /** Of lines of the header, and of those that may be messages in a form that is not known. */
  private final Map<Sort, LineShapes> shapes = new EnumMap<>(Sort.class);

  private final RepeatedLines repeated = new RepeatedLines();

  /** Lines that are passed over, though they have a time near their beginning. */
  private long timedOutside;

  void add(Sort sort) {
    counts.merge(sort, 1L, Long::sum);
  }

  /** Counts a line that stands in no message. */
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

  /** Counts a line that the message with the first line {@code firstLine} goes on with. */
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
   * Refuses a file of which more lines have no place than are messages.
   *
   * @throws BadFile naming the shape that most of these lines have
   */
  void check(String messenger) throws BadFile {
    long unknown = count(Sort.STRAY) + timedOutside;
    if (unknown > count(Sort.MESSAGE)) {
      throw unknown(messenger, unknown);
    }
  }

  /** A file in which no line is known. */
  BadFile noExport(String messenger) {
    return new BadFile(
        BadFile.NO_EXPORT,
        "a line must look like one of an export of %s, but there are %s"
            .formatted(messenger, shapes.get(Sort.HEADER).mostFrequent()));
  }

  private BadFile unknown(String messenger, long unknown) {
    return new BadFile(
        BadFile.UNKNOWN_FORM,
        "most lines must look like messages of an export of %s, but %d do and %d do not, %s; export the chat with another version, or give it in another format"
            .formatted(
                messenger, count(Sort.MESSAGE), unknown, shapes.get(Sort.STRAY).mostFrequent()));
  }

  /**
   * Adds all that was counted.
   *
   * @param file what tables call the file
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
