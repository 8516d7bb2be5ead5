package io.dialogbert.job.ingest.read;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The outcomes of the rows of one task or of all tasks: the manifest's counts, by key. */
public final class IngestCounts implements Serializable {
  public static final String ROWS_IN = "rows_in";
  public static final String ROWS_OUT = "rows_out";
  public static final String REJECTED = "rejected.";
  public static final String DROPPED = "dropped.";
  public static final String PII = "pii.";

  /** Names that texts state to be names, once for each message. */
  public static final String NAMES_STATED = "names_stated";

  /** Lines of exports by outcome, and in total. */
  public static final String LINES = "lines.";

  public static final String LINES_IN = "lines_in";
  public static final String REPEATED_LINES = "repeated_lines";

  /** Rows with an id that was not in canonical form, by the field's name. */
  public static final String RESPELLED = "respelled.";

  private final SortedMap<String, Long> counts = new TreeMap<>(Map.of(ROWS_IN, 0L, ROWS_OUT, 0L));
  private final SortedMap<String, Boolean> senders = new TreeMap<>();
  private final RepeatedLines repeated = new RepeatedLines();
  private boolean badFile;
  private boolean names;

  public void add(String key, long number) {
    counts.merge(key, number, Long::sum);
  }

  public void addBadFile(String reason) {
    add(REJECTED + reason, 1);
    badFile = true;
  }

  /** Adds a file's lines that may be repeated. */
  public void add(RepeatedLines ofFile, String file) {
    repeated.addAll(ofFile, file);
  }

  /** Locations of export lines that are repeated in several messages. */
  public List<String> repeatedLines() {
    return repeated.places();
  }

  /** Records whether a row of a file has a sender field. */
  public void sawRow(String file, boolean hasSenderField) {
    senders.merge(file, hasSenderField, Boolean::logicalOr);
  }

  /** The files that have rows, as they are shown. */
  public Set<String> filesWithRows() {
    return senders.keySet();
  }

  /** Files in which no row has a sender field. */
  public List<String> filesWithoutSender() {
    return senders.keySet().stream().filter(file -> !senders.get(file)).toList();
  }

  /** Records that a row gives its sender's name, or its text states a name. */
  public void sawName() {
    names = true;
  }

  /** The sum of the counts of tasks. */
  public static IngestCounts sum(Collection<IngestCounts> tasks) {
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

  public SortedMap<String, Long> byKey() {
    return counts;
  }

  public long rowsIn() {
    return counts.get(ROWS_IN);
  }

  public long rowsOut() {
    return counts.get(ROWS_OUT);
  }

  /** Rows that were rejected, and files that could not be read. */
  public long rejected() {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().startsWith(REJECTED))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** One line per reason for lost rows, each after a line break. */
  public String lostRowsByReason() {
    StringBuilder lines = new StringBuilder();
    counts.forEach(
        (key, number) -> {
          if (key.startsWith(DROPPED) || key.startsWith(REJECTED)) {
            lines.append("\n  ").append(key).append(": ").append(number);
          }
        });
    return lines.toString();
  }

  /** Whether a file could not be read to its end. */
  public boolean hasBadFile() {
    return badFile;
  }

  /** Whether any row gives a name. */
  public boolean hasNames() {
    return names;
  }
}
