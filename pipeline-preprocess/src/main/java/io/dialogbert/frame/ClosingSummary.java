package io.dialogbert.frame;

import io.dialogbert.frame.store.Manifest;
import java.io.PrintStream;
import java.util.Locale;
import org.apache.hadoop.fs.Path;

/** What a job prints once its output is in place. */
final class ClosingSummary {
  private ClosingSummary() {}

  /** Prints counts and figures, the lines of the job itself, and the time and memory used. */
  static void print(PrintStream out, JobContext context, Manifest manifest, Path target) {
    manifest
        .counts()
        .forEach((key, value) -> out.printf(Locale.ROOT, "  %-44s %,14d%n", key, value));
    manifest
        .figures()
        .forEach((key, value) -> out.printf(Locale.ROOT, "  %-44s %14.4f%n", key, value));
    context.summary().forEach(out::println);
    out.printf(
        Locale.ROOT,
        "%s done in %s s (peak heap %s MiB, peak resident %s MiB): %s%n",
        manifest.job(),
        manifest.run().get("seconds"),
        manifest.run().get("peak_heap_mib"),
        manifest.run().getOrDefault("peak_resident_mib", "?"),
        target);
  }
}
