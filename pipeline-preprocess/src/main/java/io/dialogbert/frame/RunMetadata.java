package io.dialogbert.frame;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a manifest records about the run that made it; differs from run to run. */
final class RunMetadata {
  private static final Logger LOG = LoggerFactory.getLogger(RunMetadata.class);

  private RunMetadata() {}

  static SortedMap<String, String> since(Instant started) {
    SortedMap<String, String> facts = new TreeMap<>();
    double seconds = Duration.between(started, Instant.now()).toMillis() / 1000.0;
    facts.put("started", started.truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("seconds", String.format(Locale.ROOT, "%.1f", seconds));
    facts.put("code_version", JobMain.version());
    facts.put("java", System.getProperty("java.version"));
    facts.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put("peak_heap_mib", String.valueOf(peakHeap() >> 20));
    peakResident().ifPresent(kib -> facts.put("peak_resident_mib", String.valueOf(kib >> 10)));
    return facts;
  }

  /** An upper bound, since the heap's memory pools peak at different times. */
  private static long peakHeap() {
    long sum =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum();
    return Math.min(sum, Runtime.getRuntime().maxMemory());
  }

  /** Peak resident memory in KiB where the system reports it (Linux). */
  private static Optional<Long> peakResident() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException e) {
      LOG.debug("no /proc on this system", e);
      return Optional.empty();
    }
  }
}
