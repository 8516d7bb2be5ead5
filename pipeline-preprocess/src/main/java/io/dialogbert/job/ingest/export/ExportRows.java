package io.dialogbert.job.ingest.export;

import io.dialogbert.dialogue.Message;
import io.dialogbert.job.ingest.export.ExportLine.Date;
import io.dialogbert.job.ingest.export.ExportLine.Kind;
import io.dialogbert.job.ingest.export.ExportProfile.Outcome;
import io.dialogbert.job.ingest.export.ParsedLines.Line;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.IngestCounts;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.RawField;
import io.dialogbert.job.ingest.read.RawMessage;
import io.dialogbert.job.ingest.read.RawMessageParser;
import io.dialogbert.job.ingest.read.RawSchema;
import io.dialogbert.job.ingest.read.RejectedRow;
import io.dialogbert.job.ingest.read.RowReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.Path;

/**
 * The messages of a messenger's text export, which is one conversation. A message extends to the
 * line before the next one; its row is that of its first line. A message's id is its number within
 * the file. A sender's id is the name that the messenger shows.
 */
public final class ExportRows implements RowReader {
  private static final int HASH_CHARACTERS = 16;
  private static final String QUOTE = "\"";

  /** What a line without a parsed form belongs to. */
  private enum Place {
    HEADER,
    NOTICE,
    NOTHING
  }

  private final ParsedLines lines;
  private final ExportLines form;
  private final RawSchema schema;
  private final ZoneId zone;
  private final String fileName;

  private final MessageDigest header = DigestUtils.getSha256Digest();
  private boolean beforeFirst = true;
  private boolean headerIsBlank = true;
  private String conversationId;
  private final ExportProfile profile = new ExportProfile();
  private Place place = Place.HEADER;

  /** The day of the last date line; null before the first one, or if there is none. */
  private Date date;

  /** Whether the file has unambiguous date lines; if so, a bare day is not a date line. */
  private boolean hasDateLines;

  private Line first;
  private final List<Line> rest = new ArrayList<>();
  private Date dateOfMessage;
  private String text;
  private RejectedRow broken;
  private long numMessages;

  /**
   * The messages of a file.
   *
   * @param schema gives language, source and time zone
   */
  public ExportRows(LineFile lines, ExportLines form, RawSchema schema, String fileName) {
    this.lines = new ParsedLines(lines, form);
    this.form = form;
    this.schema = schema;
    this.zone = schema.zone().orElseThrow();
    this.fileName = fileName;
  }

  /**
   * The id of an export's conversation.
   *
   * @param header digest of everything before the first message, such as the title and the save
   *     date
   */
  static String conversationId(String fileName, MessageDigest header) {
    String hash = HexFormat.of().formatHex(header.digest()).substring(0, HASH_CHARACTERS);
    return new Path(fileName).getName() + "\n" + hash;
  }

  @Override
  public boolean next() throws IOException, BadFileException {
    rest.clear();
    for (Line line = lines.take(); line != null; line = lines.take()) {
      if (line.parsed() == null) {
        if (outside(line)) {
          return true;
        }
      } else if (line.is(Kind.HEADER)) {
        place = Place.HEADER;
        header(line);
      } else if (line.begins()) {
        begin(line);
        return true;
      } else if (line.is(Kind.DATE) || isDate(line)) {
        dateLine(line);
      } else if (outside(line)) {
        return true;
      }
    }
    if (beforeFirst && !headerIsBlank) {
      throw profile.noExport(form.messenger());
    }
    profile.check(form.messenger());
    return false;
  }

  /**
   * Handles a line outside of messages.
   *
   * @return whether it is a row to reject
   */
  private boolean outside(Line line) {
    if (place == Place.HEADER) {
      header(line);
    } else if (line.text().isBlank()) {
      profile.add(Outcome.BLANK);
    } else if (place == Place.NOTICE) {
      profile.addOutside(Outcome.AFTER_NOTICE, line.text(), line.row());
    } else {
      profile.addOutside(Outcome.STRAY, line.text(), line.row());
      conversation();
      first = line;
      broken = line.broken();
      return true;
    }
    return false;
  }

  private void header(Line line) {
    if (beforeFirst) {
      headerIsBlank &= line.text().isBlank();
      header.update(line.text().getBytes(StandardCharsets.UTF_8));
      header.update((byte) '\n');
    }
    if (line.text().isBlank()) {
      profile.add(Outcome.BLANK);
    } else {
      profile.addOutside(Outcome.HEADER, line.text(), line.row());
    }
  }

  private void dateLine(Line line) {
    profile.add(Outcome.DATE);
    beforeFirst = false;
    place = Place.NOTHING;
    hasDateLines |= line.is(Kind.DATE);
    date = line.parsed().date();
  }

  /**
   * Whether a bare day is a date line: something new begins on the next line, the day is not before
   * the last one, and the file has no unambiguous date lines. If messages carry their own days, it
   * must be the day of the next message.
   */
  private boolean isDate(Line line) throws IOException {
    if (!line.is(Kind.BARE_DATE) || hasDateLines) {
      return false;
    }
    Line after = lines.take();
    if (after == null) {
      return false;
    }
    lines.putBack(after);
    Date lineDate = line.parsed().date();
    return after.begins()
        && (after.parsed().date() == null
            ? date == null || !lineDate.isBefore(date)
            : lineDate.equals(after.parsed().date()));
  }

  private void conversation() {
    beforeFirst = false;
    if (conversationId == null) {
      conversationId = conversationId(fileName, header);
    }
  }

  private void begin(Line line) throws IOException {
    conversation();
    first = line;
    broken = line.broken();
    if (line.is(Kind.MESSAGE)) {
      profile.add(Outcome.MESSAGE);
      place = Place.NOTHING;
      readMessage();
    } else {
      profile.addOutside(
          line.is(Kind.NOTICE) ? Outcome.NOTICE : Outcome.NOTICE_LIKE, line.text(), line.row());
      place = Place.NOTICE;
    }
  }

  private void readMessage() throws IOException {
    dateOfMessage = first.parsed().date() == null ? date : first.parsed().date();
    numMessages++;
    Line last = readRest();
    int closing = closingLine();
    int end = closing + 1;
    while (end < rest.size() && !rest.get(end).is(Kind.DATE)) {
      end++;
    }
    if (last != null) {
      lines.putBack(last);
    }
    if (end > closing + 1 && end == rest.size() && isDate(rest.get(end - 1))) {
      end--;
    }
    StringBuilder all = new StringBuilder(first.parsed().text());
    for (int i = 0; i < end; i++) {
      Line line = rest.get(i);
      all.append('\n').append(line.text());
      broken = broken == null ? line.broken() : broken;
      profile.addContinuation(line.text(), first.parsed().text(), line.row());
      if (i == closing) {
        all.setLength(all.length() - QUOTE.length());
        all.delete(0, QUOTE.length());
      }
    }
    text = all.toString().stripTrailing();
    if (closing >= 0) {
      text = text.replace(QUOTE + QUOTE, QUOTE);
    }
    while (rest.size() > end) {
      lines.putBack(rest.remove(rest.size() - 1));
    }
  }

  /** Reads lines up to the one that begins something else, and returns that line. */
  private Line readRest() throws IOException {
    long characters = 0;
    boolean quoted = form.quotesSeveralLines() && first.parsed().text().startsWith(QUOTE);
    for (Line line = lines.take(); line != null; line = lines.take()) {
      // Within quotes, only a line with a time ends the message.
      if (line.begins() && !(quoted && line.parsed().time() == null)) {
        return line;
      }
      quoted &= !closesQuotes(line.text());
      characters += line.text().length();
      if (characters <= LineFile.MAX_LINE_BYTES || line.is(Kind.DATE)) {
        rest.add(line);
      } else {
        broken = new RejectedRow("line-too-long", "a message must be at most 1 MiB");
        profile.addContinuation(line.text(), first.parsed().text(), line.row());
      }
    }
    return null;
  }

  /**
   * Index of the line that closes the quotes around a message of several lines; -1 if there is
   * none.
   */
  private int closingLine() {
    if (form.quotesSeveralLines() && first.parsed().text().startsWith(QUOTE)) {
      for (int i = 0; i < rest.size(); i++) {
        if (closesQuotes(rest.get(i).text())) {
          return i;
        }
      }
    }
    return -1;
  }

  private static boolean closesQuotes(String line) {
    int quotes = 0;
    while (quotes < line.length() && line.charAt(line.length() - 1 - quotes) == '"') {
      quotes++;
    }
    // Two quotes in a row stand for one in the text.
    return quotes % 2 == 1;
  }

  @Override
  public long row() {
    return first.row();
  }

  @Override
  public long nextRow() {
    return beforeFirst ? 1 : lines.row() + 1;
  }

  @Override
  public boolean systemLine() {
    return first.begins() && !first.is(Kind.MESSAGE);
  }

  @Override
  public void countLines(IngestCounts counts, String file) {
    profile.addTo(counts, file);
  }

  @Override
  public RawMessage message() throws RejectedRow {
    if (!first.is(Kind.MESSAGE)) {
      throw broken != null
          ? broken
          : new RejectedRow("stray-line", "a line must be part of a message");
    }
    try {
      return read();
    } catch (RejectedRow e) {
      String sender = first.parsed().sender();
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
    String sender = first.parsed().sender();
    return new RawMessage(
        new Message(
            conversationId,
            Long.toString(numMessages),
            sender,
            time(),
            schema.constants().get(RawField.LANG),
            text,
            schema.constants().get(RawField.SOURCE),
            first.row()),
        sender);
  }

  private Instant time() throws RejectedRow {
    try {
      LocalDateTime time =
          LocalDateTime.of(
              dateOfMessage.year(),
              dateOfMessage.month(),
              dateOfMessage.day(),
              first.parsed().time().hour(),
              first.parsed().time().minute());
      return RawMessageParser.checked(time.atZone(zone).toInstant(), "the time");
    } catch (DateTimeException e) {
      throw new RejectedRow("bad-time", "a message must have a day and time that exist");
    }
  }

  @Override
  public void digest(MessageDigest digest) {
    digest.update(first.text().getBytes(StandardCharsets.UTF_8));
    for (Line line : rest) {
      digest.update((byte) '\n');
      digest.update(line.text().getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
