package io.dialogbert.preprocess;

import io.dialogbert.common.Manifest;
import io.dialogbert.dialogue.Message;
import io.dialogbert.preprocess.ExportLine.Date;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * The messages of a messenger's text export, which is one conversation. A message goes on to the
 * line before the next one; its row is that of its first line. Its id is its number among the
 * messages of the file, and a sender's id is the name that the messenger shows.
 */
final class ExportRows implements RowReader {
  private static final int HASH_CHARACTERS = 16;
  private static final String QUOTE = "\"";

  /** A line of the file, and what it tells: null for one that goes on with the message before. */
  private record Line(String text, long row, RejectedRow broken, ExportLine telling) {
    boolean begins() {
      return telling != null && !telling.isDateLine();
    }

    boolean isDate() {
      return telling != null && telling.isDateLine();
    }
  }

  private final LineFile lines;
  private final ExportLines form;
  private final RawSchema schema;
  private final ZoneId zone;
  private final String fileName;

  private final MessageDigest header = Manifest.sha256();
  private boolean inHeader = true;
  private boolean headerIsBlank = true;
  private String conversationId;

  /** The day that the last date line told; null before the first one, and if there is none such. */
  private Date date;

  /**
   * Lines that were read and not used: the next message's first one, or such that have no place.
   */
  private final Deque<Line> ahead = new ArrayDeque<>();

  private Line first;
  private final List<Line> rest = new ArrayList<>();
  private Date dateOfMessage;
  private String text;
  private RejectedRow broken;
  private long numMessages;

  /**
   * The messages of a file.
   *
   * @param schema tells language, source and zone
   */
  ExportRows(LineFile lines, ExportLines form, RawSchema schema, String fileName) {
    this.lines = lines;
    this.form = form;
    this.schema = schema;
    this.zone = schema.zone().orElseThrow();
    this.fileName = fileName;
  }

  /**
   * The id of the conversation that an export holds.
   *
   * @param header digest of what stands before the first message, such as title and date of saving
   */
  static String conversationId(String fileName, MessageDigest header) {
    String hash = HexFormat.of().formatHex(header.digest()).substring(0, HASH_CHARACTERS);
    return new Path(fileName).getName() + "\n" + hash;
  }

  @Override
  public boolean next() throws IOException, BadFile {
    while (ahead.isEmpty()) {
      Line line = readLine();
      if (line == null) {
        if (inHeader && !headerIsBlank) {
          throw new BadFile(
              BadFile.NO_EXPORT, "a line must look like one of an export of " + form.messenger());
        }
        return false;
      }
      if (line.telling == null) {
        strayLine(line);
      } else {
        inHeader = false;
        if (line.isDate()) {
          date = line.telling.date();
        } else {
          ahead.add(line);
        }
      }
    }
    if (conversationId == null) {
      conversationId = conversationId(fileName, header);
    }
    first = ahead.remove();
    rest.clear();
    broken = first.broken;
    if (first.begins()) {
      readMessage();
    }
    return true;
  }

  /** A line that no message goes on with. */
  private void strayLine(Line line) {
    if (inHeader) {
      headerIsBlank &= line.text.isBlank();
      header.update(line.text.getBytes(StandardCharsets.UTF_8));
      header.update((byte) '\n');
    } else if (!line.text.isBlank()) {
      ahead.add(line);
    }
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

  private void readMessage() throws IOException {
    dateOfMessage = first.telling.date() == null ? date : first.telling.date();
    numMessages += first.telling.sender() == null ? 0 : 1;
    Line last = readRest();
    StringBuilder all = new StringBuilder(first.telling.text());
    int next = 0;
    int closing = closingLine();
    for (; next <= closing; next++) {
      add(rest.get(next), all);
    }
    if (closing >= 0) {
      all.setLength(all.length() - QUOTE.length());
      all.delete(0, QUOTE.length());
    }
    for (; next < rest.size() && !rest.get(next).isDate(); next++) {
      add(rest.get(next), all);
    }
    text = all.toString().stripTrailing();
    if (closing >= 0) {
      text = text.replace(QUOTE + QUOTE, QUOTE);
    }
    for (Line line : rest.subList(next, rest.size())) {
      if (line.isDate()) {
        date = line.telling.date();
      } else {
        strayLine(line);
      }
    }
    rest.subList(next, rest.size()).clear();
    if (last != null) {
      ahead.add(last);
    }
  }

  /** Reads the lines up to the one in which the next message begins, and returns that. */
  private Line readRest() throws IOException {
    long characters = 0;
    for (Line line = readLine(); line != null; line = readLine()) {
      if (line.begins()) {
        return line;
      }
      characters += line.text.length();
      if (characters <= LineFile.MAX_LINE_BYTES || line.isDate()) {
        rest.add(line);
      } else {
        broken = new RejectedRow("line-too-long", "a message must be at most 1 MiB");
      }
    }
    return null;
  }

  private void add(Line line, StringBuilder all) {
    all.append('\n').append(line.text);
    broken = broken == null ? line.broken : broken;
  }

  /**
   * The line in which the quotes around a message of several lines are closed; -1 for one without.
   */
  private int closingLine() {
    if (form.quotesSeveralLines() && first.telling.text().startsWith(QUOTE)) {
      for (int i = 0; i < rest.size(); i++) {
        String line = rest.get(i).text;
        int quotes = 0;
        while (quotes < line.length() && line.charAt(line.length() - 1 - quotes) == '"') {
          quotes++;
        }
        // Two in a row stand for one that is part of the text.
        if (quotes % 2 == 1) {
          return i;
        }
      }
    }
    return -1;
  }

  @Override
  public long row() {
    return first.row;
  }

  @Override
  public long nextRow() {
    return inHeader ? 1 : lines.row() + 1;
  }

  @Override
  public boolean systemLine() {
    return first.begins() && first.telling.sender() == null;
  }

  @Override
  public RawMessage message() throws RejectedRow {
    if (!first.begins()) {
      throw broken != null
          ? broken
          : new RejectedRow("stray-line", "a line must be part of a message");
    }
    try {
      return read();
    } catch (RejectedRow e) {
      String sender = first.telling.sender();
      throw e.of(new RejectedRow.Participant(conversationId, sender, sender));
    }
  }

  private RawMessage read() throws RejectedRow {
    if (broken != null) {
      throw broken;
    }
    if (dateOfMessage == null) {
      throw new RejectedRow("bad-time", "a line with a date must come before the message");
    }
    String sender = first.telling.sender();
    return new RawMessage(
        new Message(
            conversationId,
            Long.toString(numMessages),
            sender,
            time(),
            schema.constants().get(RawField.LANG),
            text,
            schema.constants().get(RawField.SOURCE),
            first.row),
        sender);
  }

  private Instant time() throws RejectedRow {
    try {
      LocalDateTime time =
          LocalDateTime.of(
              dateOfMessage.year(),
              dateOfMessage.month(),
              dateOfMessage.day(),
              first.telling.time().hour(),
              first.telling.time().minute());
      return RawMessageParser.checked(time.atZone(zone).toInstant(), "the time");
    } catch (DateTimeException e) {
      throw new RejectedRow("bad-time", "a message must have a day and time that exist");
    }
  }

  @Override
  public void digest(MessageDigest digest) {
    digest.update(first.text.getBytes(StandardCharsets.UTF_8));
    for (Line line : rest) {
      digest.update((byte) '\n');
      digest.update(line.text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
