package io.dialogbert.finetune.label;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.dialogbert.job.ingest.read.BadFileException;
import io.dialogbert.job.ingest.read.RejectedRow;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** One JSON array of objects. A row is an object, and its number is its place from 1. */
final class JsonArray implements LabeledRows {
  private static final ObjectReader OBJECTS =
      JsonFields.JSON.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final JsonParser parser;
  private final JsonFields fields;
  private JsonNode current;
  private long row;

  /**
   * Opens a file, and closes it if it is no array.
   *
   * @throws BadFileException if it does not begin with an array
   */
  JsonArray(InputStream in, JsonFields fields) throws IOException, BadFileException {
    this.fields = fields;
    this.parser = JsonFields.JSON.createParser(in);
    try {
      if (token() != JsonToken.START_ARRAY) {
        throw notAnArray();
      }
    } catch (IOException | BadFileException e) {
      parser.close();
      throw e;
    }
  }

  private JsonToken token() throws IOException, BadFileException {
    try {
      return parser.nextToken();
    } catch (JsonProcessingException e) {
      // Its message would show the text.
      throw notAnArray();
    }
  }

  private static BadFileException notAnArray() {
    return new BadFileException("not-json", "a file must be one JSON array, whole and well-formed");
  }

  @Override
  public boolean next() throws IOException, BadFileException {
    JsonToken token = token();
    if (token == JsonToken.END_ARRAY) {
      if (token() != null) {
        throw notAnArray();
      }
      return false;
    }
    if (token == null) {
      throw notAnArray();
    }
    try {
      current = OBJECTS.readTree(parser);
    } catch (JsonProcessingException e) {
      throw notAnArray();
    }
    row++;
    return true;
  }

  @Override
  public long row() {
    return row;
  }

  @Override
  public long nextRow() {
    return row + 1;
  }

  @Override
  public Map<String, String> values() throws RejectedRow {
    return fields.of(current);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
