package io.dialogbert.job.forget;

import io.dialogbert.frame.store.Manifest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which runs of {@link ForgetJob} changed a directory, oldest first. Stored in the manifest's run
 * facts, which no fingerprint covers. It records which fingerprints the directory had before. These
 * identify outputs that were made from earlier states of the directory.
 */
final class ForgetHistory {
  private static final String PREFIX = "forget.";

  /** A change: the fingerprint before it, and the number of rows changed or removed. */
  private record Change(String fingerprint, long rows) {}

  private final List<Change> changes = new ArrayList<>();

  private ForgetHistory() {}

  static ForgetHistory of(Manifest manifest) {
    ForgetHistory history = new ForgetHistory();
    manifest
        .run()
        .forEach(
            (key, value) -> {
              if (key.startsWith(PREFIX)) {
                String[] parts = value.split(" ");
                history.changes.add(new Change(parts[1], Long.parseLong(parts[2])));
              }
            });
    return history;
  }

  /** A manifest's run metadata with one more change. */
  static SortedMap<String, String> add(Manifest before, Instant now, long rows) {
    SortedMap<String, String> facts = new TreeMap<>(before.run());
    int number = of(before).changes.size() + 1;
    facts.put(
        String.format(Locale.ROOT, PREFIX + "%06d", number),
        now.truncatedTo(ChronoUnit.SECONDS) + " " + before.fingerprint() + " " + rows);
    return facts;
  }

  /**
   * The number of rows changed or removed since the directory had a fingerprint, for each that it
   * had before a recorded change.
   */
  Map<String, Long> rowsByFingerprint() {
    Map<String, Long> rows = new LinkedHashMap<>();
    long since = 0;
    for (int i = changes.size() - 1; i >= 0; i--) {
      since += changes.get(i).rows();
      rows.put(changes.get(i).fingerprint(), since);
    }
    return rows;
  }
}
