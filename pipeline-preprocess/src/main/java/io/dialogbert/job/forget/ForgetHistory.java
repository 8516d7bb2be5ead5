package io.dialogbert.job.forget;

import io.dialogbert.frame.store.Manifest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
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
   * The number of rows changed or removed since the directory had a fingerprint. Empty if no
   * recorded change started from that fingerprint.
   */
  OptionalLong rowsSince(String fingerprint) {
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).fingerprint().equals(fingerprint)) {
        return OptionalLong.of(
            changes.subList(i, changes.size()).stream().mapToLong(Change::rows).sum());
      }
    }
    return OptionalLong.empty();
  }
}
