package io.dialogbert.preprocess;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of the rows of a task, or of all: the counts of the manifest, by their keys. */
final class IngestCounts implements Serializable {
  static final String ROWS_IN = "rows_in";
  static final String ROWS_OUT = "rows_out";
  static final String REJECTED = "rejected.";
  static final String DROPPED = "dropped.";
  static final String PII = "pii.";

  /** Lines of exports, by what became of them, and how many there are. */
  static final String LINES = "lines.";

  static final String LINES_IN = "lines_in";
  static final String REPEATED_LINES = "repeated_lines";

  /** Rows in which an id, by the name of its field, was not spelled in the canonical form. */
  static final String RESPELLED = "respelled.";

  private final SortedMap<String, Long> counts = new TreeMap<>(Map.of(ROWS_IN, 0L, ROWS_OUT, 0L));
  private final SortedMap<String, Boolean> senders = new TreeMap<>();
  private final RepeatedLines repeated = new RepeatedLines();
  private boolean badFile;
  private boolean names;

  void add(String key, long number) {
    counts.merge(key, number, Long::sum);
  }

  void addBadFile(String reason) {
    add(REJECTED + reason, 1);
    badFile = true;
  }

  /** Adds the lines of a file that may be repeated. */
  void add(RepeatedLines ofFile, String file) {
    repeated.addAll(ofFile, file);
  }

  /** Where lines of exports stand that are repeated in several messages. */
  List<String> repeatedLines() {
    return repeated.places();
  }

  /** Notes whether a row of a file has a field for its sender. */
  void sawRow(String file, boolean hasSenderField) {
    senders.merge(file, hasSenderField, Boolean::logicalOr);
  }

  /** Files of which no row has a field for its sender. */
  List<String> filesWithoutSender() {
    return senders.keySet().stream().filter(file -> !senders.get(file)).toList();
  }

  /** Notes that a row tells its sender's name. */
  void sawName() {
    names = true;
  }

  /** The sum of what tasks counted. */
  static IngestCounts sum(Collection<IngestCounts> tasks) {
    IngestCounts sum = new IngestCounts();
    for (IngestCounts task : tasks) {
      task.counts.forEach(sum::add);
      sum.repeated.addAll(task.repeated);
      task.senders.forEach(sum::sawRow);
      sum.badFile |= task.badFile;
      sum.names |= task.names;
    }
    return sum;
  }

  SortedMap<String, Long> byKey() {
    return counts;
  }

  long rowsIn() {
    return counts.get(ROWS_IN);
  }

  long rowsOut() {
    return counts.get(ROWS_OUT);
  }

  /** Rows that were rejected, and files that could not be read. */
  long rejected() {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().startsWith(REJECTED))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** A line for each reason for which rows are lost, each behind a line break. */
  String tellLost() {
    StringBuilder told = new StringBuilder();
    counts.forEach(
        (key, number) -> {
          if (key.startsWith(DROPPED) || key.startsWith(REJECTED)) {
            told.append("\n  ").append(key).append(": ").append(number);
          }
        });
    return told.toString();
  }

  /** Whether a file could not be read to its end. */
  boolean hasBadFile() {
    return badFile;
  }

  /** Whether a row tells its sender's name. */
  boolean hasNames() {
    return names;
  }
}
