package io.dialogbert.job.ingest.read;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a record into fields by RFC 4180, line by line. A record without quoted fields may contain
 * quotes in its text, since its writer does not quote.
 */
final class CsvFields {
  private static final char QUOTE = '"';

  /** Where the scan along a record is. */
  private enum Place {
    FIELD_START,
    PLAIN,
    QUOTED,
    /** After a quote in a quoted field: the end of the field, or the first of a doubled quote. */
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

  /** Whether a quoted field has not ended yet. */
  boolean isOpen() {
    return place == Place.QUOTED;
  }

  /** Whether all quotes are where RFC 4180 allows them. */
  boolean isWellFormed() {
    return !isOpen() && !textAfterQuote && !(strayQuote && anyQuoted);
  }

  /** The fields of the record so far; the last one may be incomplete. */
  List<String> all() {
    List<String> all = new ArrayList<>(ended);
    all.add(field.toString());
    return all;
  }
}
