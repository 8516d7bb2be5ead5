package io.dialogbert.finetune.label;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Texts as lines of tokens with BIO tags, with a blank line between texts. A text is its tokens,
 * joined as they are; its row is that of its first token.
 */
final class ConllRows implements LabeledRows {
  private static final String OUTSIDE = "O";

  private final LineFile lines;
  private final ConllFormat format;
  private long row;
  private String group = "";
  private boolean atEnd;

  private StringBuilder text;

  /** In code points. */
  private int length;

  private ArrayNode spans;
  private String previous;
  private RejectedRow rejected;

  ConllRows(LineFile lines, ConllFormat format) {
    this.lines = lines;
    this.format = format;
  }

  @Override
  public boolean next() throws IOException {
    text = new StringBuilder();
    length = 0;
    spans = JsonFields.JSON.createArrayNode();
    previous = OUTSIDE;
    rejected = null;
    boolean found = false;
    while (!atEnd) {
      atEnd = !lines.next();
      if (atEnd || lines.isBlank()) {
        if (found) {
          return true;
        }
      } else if (isComment(lines.lenientText())) {
        readComment(lines.lenientText());
      } else {
        row = found ? row : lines.row();
        found = true;
        readToken();
      }
    }
    return false;
  }

  private boolean isComment(String line) {
    return !format.comment().isEmpty() && line.startsWith(format.comment());
  }

  private void readComment(String line) {
    if (!format.groupComment().isEmpty() && line.startsWith(format.groupComment())) {
      group = line;
    }
  }

  /** The first thing that is wrong with a text rejects it. */
  private void readToken() {
    if (rejected != null) {
      return;
    }
    try {
      String[] columns = lines.text().split("\t", -1);
      if (columns.length <= Math.max(format.textColumn(), format.tagColumn())) {
        throw new RejectedRow(
            "wrong-number-of-columns", "a line must have the columns of the token and of its tag");
      }
      String token = columns[format.textColumn()];
      if (token.isEmpty()) {
        throw new RejectedRow("empty-token", "a token must not be empty");
      }
      String added = token.equals(format.space()) ? " " : token;
      int start = length;
      length += added.codePointCount(0, added.length());
      text.append(added);
      addTag(columns[format.tagColumn()].strip(), start, length);
    } catch (RejectedRow e) {
      rejected = e;
    }
  }

  private void addTag(String tag, int start, int end) throws RejectedRow {
    boolean begins = tag.startsWith("B-") && tag.length() > 2;
    boolean goesOn = tag.startsWith("I-") && tag.length() > 2;
    if (!begins && !goesOn && !tag.equals(OUTSIDE)) {
      throw new RejectedRow("no-bio-tag", "a tag must be O, or B- or I- with a type");
    }
    if (goesOn && (previous.equals(OUTSIDE) || !previous.substring(2).equals(tag.substring(2)))) {
      throw new RejectedRow("no-bio-tag", "an entity's first tag must be B-, not I-");
    }
    if (begins) {
      spans.addObject().put("start", start).put("end", end).put("label", tag.substring(2));
    } else if (goesOn) {
      ((ObjectNode) spans.get(spans.size() - 1)).put("end", end);
    }
    previous = tag;
  }

  @Override
  public long row() {
    return row;
  }

  @Override
  public long nextRow() {
    return lines.row() + 1;
  }

  @Override
  public Map<String, String> values() throws RejectedRow {
    if (rejected != null) {
      throw rejected;
    }
    Map<String, String> values = new HashMap<>();
    values.put(ConllFormat.TEXT, text.toString());
    values.put(ConllFormat.SPANS, spans.toString());
    if (!group.isEmpty()) {
      values.put(ConllFormat.GROUP, group);
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
