package io.dialogbert.job.ingest.read;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a record into fields by RFC 4180, line by line. A record without quoted fields may have
 * quotes in its text: its writer does not quote.
 */
final class CsvFields {
  private static final char QUOTE = '"';

  /** Where the scan along a record is. */
  private enum Place {
    FIELD_START,
    PLAIN,
    QUOTED,
    /** After a quote in a quoted field: its end, or the first of two that stand for one. */
    AFTER_QUOTE
  }

  private final char delimiter;
  private final List<String> ended = new ArrayList<>();
  private final StringBuilder field = new StringBuilder();
  private Place place = Place.FIELD_START;
  private boolean anyQuoted;
  private boolean strayQuote;
  private boolean textAfterQuote;

  CsvFields(char delimiter) {
    this.delimiter = delimiter;
  }

  /** Continues the record; a line break is part of the text. */
  CsvFields add(String text) {
    for (int i = 0; i < text.length(); i++) {
      add(text.charAt(i));
    }
    return this;
  }

  private void add(char c) {
    if (place == Place.QUOTED) {
      if (c == QUOTE) {
        place = Place.AFTER_QUOTE;
      } else {
        field.append(c);
      }
    } else if (c == delimiter) {
      ended.add(field.toString());
      field.setLength(0);
      place = Place.FIELD_START;
    } else if (c == QUOTE && place == Place.FIELD_START) {
      anyQuoted = true;
      place = Place.QUOTED;
    } else if (c == QUOTE && place == Place.AFTER_QUOTE) {
      field.append(QUOTE);
      place = Place.QUOTED;
    } else {
      strayQuote |= c == QUOTE;
      textAfterQuote |= place == Place.AFTER_QUOTE;
      field.append(c);
      place = Place.PLAIN;
    }
  }

  /** Whether a field in quotes has not ended yet. */
  boolean isOpen() {
    return place == Place.QUOTED;
  }

  /** Whether all quotes are where RFC 4180 allows them. */
  boolean isWellFormed() {
    return !isOpen() && !textAfterQuote && !(strayQuote && anyQuoted);
  }

  /** The fields of the record, the last one as far as it goes. */
  List<String> all() {
    List<String> all = new ArrayList<>(ended);
    all.add(field.toString());
    return all;
  }
}
