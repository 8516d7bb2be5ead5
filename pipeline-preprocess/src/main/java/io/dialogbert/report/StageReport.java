package io.dialogbert.report;

import io.dialogbert.frame.store.Manifest;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A finished stage.
 *
 * @param directory directory of its output
 * @param manifest the manifest that it wrote
 * @param isStale whether an input has been replaced since the stage ran
 */
public record StageReport(String directory, Manifest manifest, boolean isStale) {
  /** Rows read, if the stage counts them. */
  public OptionalLong rowsIn() {
    return count("rows_in");
  }

  /** Rows written, if the stage counts them. */
  public OptionalLong rowsOut() {
    return count("rows_out");
  }

  /** Rows that were lost, by {@code dropped.REASON} and {@code rejected.REASON}. */
  public SortedMap<String, Long> lostRows() {
    SortedMap<String, Long> lost = withPrefix("dropped.");
    withPrefix("rejected.").forEach((reason, rows) -> lost.merge(reason, rows, Long::sum));
    return lost;
  }

  /** The counts whose keys start with a prefix, by the rest of the key. */
  SortedMap<String, Long> withPrefix(String prefix) {
    SortedMap<String, Long> found = new TreeMap<>();
    for (Map.Entry<String, Long> entry : manifest.counts().entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        found.put(entry.getKey().substring(prefix.length()), entry.getValue());
      }
    }
    return found;
  }

  /** The stage's label in tables: its job, marked if it is of older inputs. */
  public String label() {
    return isStale ? manifest.job() + " (of older inputs)" : manifest.job();
  }

  /** Seconds of wall time. */
  public OptionalDouble seconds() {
    return number(manifest.run().get("seconds"));
  }

  /** Peak memory of the process in MiB. */
  public OptionalDouble peakMebibytes() {
    return number(manifest.run().get("peak_resident_mib"));
  }

  /** Size of the output in bytes. */
  public long bytes() {
    return manifest.files().stream().mapToLong(Manifest.OutputFile::bytes).sum();
  }

  /** When it was started, in ISO 8601, or empty if unknown. */
  public String started() {
    return manifest.run().getOrDefault("started", "");
  }

  private OptionalLong count(String key) {
    Long value = manifest.counts().get(key);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static OptionalDouble number(String text) {
    return text == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
  }
}
