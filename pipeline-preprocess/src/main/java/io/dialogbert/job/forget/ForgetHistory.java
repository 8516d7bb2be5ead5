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
 * Which runs of {@link ForgetJob} changed a directory, oldest first. It lies among the facts of the
 * manifest that no fingerprint covers, and tells which fingerprints the directory had before: by
 * them, what was made of it then is recognized.
 */
final class ForgetHistory {
  private static final String PREFIX = "forget.";

  /** A change: when, the fingerprint before it, and how many rows lost something or went. */
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

  /** The facts of a manifest with one more change. */
  static SortedMap<String, String> add(Manifest before, Instant now, long rows) {
    SortedMap<String, String> facts = new TreeMap<>(before.run());
    int number = of(before).changes.size() + 1;
    facts.put(
        String.format(Locale.ROOT, PREFIX + "%06d", number),
        now.truncatedTo(ChronoUnit.SECONDS) + " " + before.fingerprint() + " " + rows);
    return facts;
  }

  /**
   * Rows that changed or went since the directory had a fingerprint; empty if it never had it
   * before a change.
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
