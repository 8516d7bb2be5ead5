package io.dialogbert.finetune.label;

import io.dialogbert.job.ingest.read.LineFile;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.io.IOException;
import java.util.Map;

/** JSON Lines: one object a line. */
final class JsonLines implements LabeledRows {
  private final LineFile lines;
  private final JsonFields fields;

  JsonLines(LineFile lines, JsonFields fields) {
    this.lines = lines;
    this.fields = fields;
  }

  @Override
  public boolean next() throws IOException {
    boolean found = lines.next();
    while (found && lines.isBlank()) {
      found = lines.next();
    }
    return found;
  }

  @Override
  public long row() {
    return lines.row();
  }

  @Override
  public long nextRow() {
    return lines.row() + 1;
  }

  @Override
  public Map<String, String> values() throws RejectedRow {
    return fields.of(lines.text());
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
