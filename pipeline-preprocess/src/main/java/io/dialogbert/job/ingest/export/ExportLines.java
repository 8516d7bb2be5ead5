package io.dialogbert.job.ingest.export;

import io.dialogbert.dialogue.SystemLines;
import io.dialogbert.dialogue.SystemLines.Notice;
import io.dialogbert.job.ingest.export.ExportLine.Kind;
import io.dialogbert.text.normalize.CanonicalId;
import io.dialogbert.text.normalize.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parses the lines of a messenger's text exports. One instance reads the lines of one file, in
 * order.
 */
interface ExportLines {
  SystemLines SYSTEM_LINES = new SystemLines();
  Normalizer NORMALIZER = new Normalizer(2, false);
  Pattern NAME_AND_TEXT = Pattern.compile("[^:]{1,60}: ?[^ ].*", Pattern.DOTALL);

  /** The name of the messenger. */
  String messenger();

  /**
   * Parses a line. Empty for a line that continues the previous one, and for header lines without
   * known wording.
   */
  Optional<ExportLine> read(String line);

  /** Whether a message of several lines is in double quotes. */
  boolean quotesSeveralLines();

  /**
   * Parses a line with a time. Without a sender it is a notice. If it has unknown wording and looks
   * like a name, a colon and a text, it may be a message of an unknown form. Then it is only
   * notice-like.
   *
   * @param sender null if the line names none
   */
  static ExportLine timed(ExportLine.Date date, ExportLine.Time time, String sender, String text) {
    if (sender != null && !CanonicalId.of(sender).isEmpty()) {
      return new ExportLine(Kind.MESSAGE, date, time, sender, text);
    }
    String normalized = NORMALIZER.normalize(text);
    boolean unknown =
        NAME_AND_TEXT.matcher(normalized).matches()
            && SYSTEM_LINES.reasonToDrop(normalized).isEmpty()
            && SYSTEM_LINES.notice(normalized) == Notice.NONE;
    return new ExportLine(unknown ? Kind.NOTICE_LIKE : Kind.NOTICE, date, time, null, text);
  }

  /** Parses a line that has neither a time nor a date. */
  static Optional<ExportLine> untimed(String line, boolean unknownWords) {
    String normalized = NORMALIZER.normalize(line);
    if (SYSTEM_LINES.isHeader(normalized)) {
      return Optional.of(ExportLine.ofNotice(Kind.HEADER, line));
    }
    return switch (SYSTEM_LINES.notice(normalized)) {
      case KNOWN -> Optional.of(ExportLine.ofNotice(Kind.NOTICE, line));
      case PROBABLE ->
          unknownWords
              ? Optional.of(ExportLine.ofNotice(Kind.NOTICE_LIKE, line))
              : Optional.empty();
      case NONE -> Optional.empty();
    };
  }
}
