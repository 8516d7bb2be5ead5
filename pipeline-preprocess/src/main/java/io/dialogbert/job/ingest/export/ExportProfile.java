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
  enum Outcome {
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

  private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);

  /** Shapes of header lines, and of lines that may be messages of an unknown form. */
  private final Map<Outcome, LineShapes> shapes = new EnumMap<>(Outcome.class);

  private final RepeatedLines repeated = new RepeatedLines();

  /** Number of skipped lines with a time near their beginning. */
  private long timedOutside;

  void add(Outcome outcome) {
    counts.merge(outcome, 1L, Long::sum);
  }

  /** Counts a line outside of messages. */
  void addOutside(Outcome outcome, String line, long row) {
    add(outcome);
    boolean mayBeMessage =
        (outcome == Outcome.AFTER_NOTICE || outcome == Outcome.NOTICE_LIKE)
            && LineShapes.hasTime(line);
    timedOutside += mayBeMessage ? 1 : 0;
    if (mayBeMessage || outcome == Outcome.STRAY || outcome == Outcome.HEADER) {
      shapes
          .computeIfAbsent(mayBeMessage ? Outcome.STRAY : outcome, unused -> new LineShapes())
          .add(line, row);
    }
  }

  /** Counts a continuation line of the message that begins with {@code firstLine}. */
  void addContinuation(String line, String firstLine, long row) {
    if (line.isBlank()) {
      add(Outcome.BLANK);
    } else {
      add(LineShapes.hasTime(line) ? Outcome.CONTINUATION_WITH_TIME : Outcome.CONTINUATION);
      repeated.add(line, firstLine, row);
    }
  }

  long count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  /**
   * Rejects a file that has more lines of an unknown form than messages.
   *
   * @throws BadFileException naming the most frequent shape of these lines
   */
  void check(String messenger) throws BadFileException {
    long unknown = count(Outcome.STRAY) + timedOutside;
    if (unknown > count(Outcome.MESSAGE)) {
      throw unknown(messenger, unknown);
    }
  }

  /** The error for a file in which no line has a known form. */
  BadFileException noExport(String messenger) {
    return new BadFileException(
        BadFileException.NO_EXPORT,
        "a line must look like one of an export of %s, but there are %s"
            .formatted(messenger, shapes.get(Outcome.HEADER).mostFrequent()));
  }

  private BadFileException unknown(String messenger, long unknown) {
    return new BadFileException(
        BadFileException.UNKNOWN_FORM,
        "most lines must look like messages of an export of %s, but %d do and %d do not, %s; export the chat with another version, or give it in another format"
            .formatted(
                messenger,
                count(Outcome.MESSAGE),
                unknown,
                shapes.get(Outcome.STRAY).mostFrequent()));
  }

  /**
   * Adds all counts to {@code sum}.
   *
   * @param file the file's name in tables
   */
  void addTo(IngestCounts sum, String file) {
    counts.forEach(
        (outcome, lines) -> {
          sum.add(outcome.key(), lines);
          sum.add(IngestCounts.LINES_IN, lines);
        });
    sum.add(repeated, file);
  }
}
