package io.dialogbert.job.ingest.export;

import io.dialogbert.job.ingest.export.ExportLine.Kind;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** The lines of an export with their parsed forms. Lines that were taken can be put back. */
final class ParsedLines implements Closeable {
  /** A line of the file, with its parsed form, which is null if it continues the previous line. */
  record Line(String text, long row, RejectedRow broken, ExportLine parsed) {
    boolean begins() {
      return parsed != null && parsed.begins();
    }

    boolean is(Kind kind) {
      return parsed != null && parsed.kind() == kind;
    }
  }

  private final LineFile lines;
  private final ExportLines form;
  private final Deque<Line> putBack = new ArrayDeque<>();

  ParsedLines(LineFile lines, ExportLines form) {
    this.lines = lines;
    this.form = form;
  }

  /** The next line; null after the last one. */
  Line take() throws IOException {
    return putBack.isEmpty() ? readLine() : putBack.remove();
  }

  private Line readLine() throws IOException {
    if (!lines.next()) {
      return null;
    }
    RejectedRow rejected = null;
    String read;
    try {
      read = lines.text();
    } catch (RejectedRow e) {
      rejected = e;
      read = lines.lenientText();
    }
    return new Line(read, lines.row(), rejected, form.read(read).orElse(null));
  }

  /** Makes a line the next one to be taken. */
  void putBack(Line line) {
    putBack.addFirst(line);
  }

  /** The row of the last line that was read from the file. */
  long row() {
    return lines.row();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
