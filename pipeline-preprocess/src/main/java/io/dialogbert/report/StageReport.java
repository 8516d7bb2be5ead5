package io.dialogbert.report;

import io.dialogbert.common.Manifest;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A finished stage.
 *
 * @param directory where its output lies
 * @param manifest what it wrote about itself
 */
public record StageReport(String directory, Manifest manifest) {
  /** Rows read, if the stage counts them. */
  public OptionalLong rowsIn() {
    return count("rows_in");
  }

  /** Rows written, if the stage counts them. */
  public OptionalLong rowsOut() {
    return count("rows_out");
  }

  /** Rows that did not get through, by {@code dropped.REASON} and {@code rejected.REASON}. */
  public SortedMap<String, Long> lost() {
    SortedMap<String, Long> lost = withPrefix("dropped.");
    withPrefix("rejected.").forEach((reason, rows) -> lost.merge(reason, rows, Long::sum));
    return lost;
  }

  /** The counts whose key begins so, by the rest of the key. */
  public SortedMap<String, Long> withPrefix(String prefix) {
    SortedMap<String, Long> found = new TreeMap<>();
    for (Map.Entry<String, Long> entry : manifest.counts().entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        found.put(entry.getKey().substring(prefix.length()), entry.getValue());
      }
    }
    return found;
  }

  /**
   * What the stage is called in a table: its job, and a mark if what lies now where it had an input
   * is not what it was made of.
   *
   * @param stages all that are there
   */
  public String label(Collection<StageReport> stages) {
    boolean isOutdated =
        manifest.inputs().stream()
            .anyMatch(input -> stages.stream().anyMatch(other -> other.hasTakenThePlaceOf(input)));
    return isOutdated ? manifest.job() + " (of older inputs)" : manifest.job();
  }

  private boolean hasTakenThePlaceOf(Manifest.Input input) {
    return absolute(directory).equals(absolute(input.path()))
        && !manifest.fingerprint().equals(input.fingerprint());
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
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
