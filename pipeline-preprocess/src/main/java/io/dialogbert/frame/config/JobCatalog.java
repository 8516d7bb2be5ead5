package io.dialogbert.frame.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Every job of the pipeline, including those of modules that are not on the class path. Read from
 * {@code jobs.conf}, which a test of the last module compares with the actual jobs.
 */
public final class JobCatalog {
  private static final Map<String, Entry> JOBS = read();

  private JobCatalog() {}

  /** What a job writes. */
  public enum Output {
    /** Rows that refer to dialogues. */
    EXAMPLES,
    /** Trained parameters. */
    MODEL,
    /** None of these. */
    OTHER
  }

  /** What a result is counted in. */
  public enum Unit {
    NATS,
    PERCENT,
    COUNT
  }

  /**
   * A job's result that appears at the top of a report.
   *
   * @param label what it is
   * @param key its key in the manifest: among the counts if the unit is {@link Unit#COUNT},
   *     otherwise among the figures
   * @param beside what it is compared with
   * @param besideKey the key of the value it is compared with
   */
  public record Figure(Unit unit, String label, String key, String beside, String besideKey) {}

  private record Entry(List<String> reads, boolean byDay, Output output, List<Figure> figures) {}

  /** The names of all jobs, in pipeline order. */
  public static Set<String> names() {
    return JOBS.keySet();
  }

  /** The jobs whose outputs a job of the chain reads; empty for other jobs and the first one. */
  public static List<String> reads(String job) {
    return JOBS.get(job).reads();
  }

  /** Whether a job takes {@code --day}. */
  public static boolean worksByDay(String job) {
    return JOBS.get(job).byDay();
  }

  /** What a job writes; {@link Output#OTHER} if there is no such job. */
  public static Output output(String job) {
    return JOBS.containsKey(job) ? JOBS.get(job).output() : Output.OTHER;
  }

  /** A job's results that appear at the top of a report, in order. */
  public static List<Figure> figures(String job) {
    return JOBS.get(job).figures();
  }

  private static Map<String, Entry> read() {
    Map<String, Entry> jobs = new LinkedHashMap<>();
    for (Config job :
        ConfigFactory.parseResources(JobCatalog.class, "jobs.conf").getConfigList("jobs")) {
      jobs.put(
          job.getString("name"),
          new Entry(
              job.hasPath("reads") ? job.getStringList("reads") : List.of(),
              job.hasPath("by-day") && job.getBoolean("by-day"),
              choice(Output.class, job, "output"),
              job.getConfigList("figures").stream().map(JobCatalog::figure).toList()));
    }
    return Collections.unmodifiableMap(jobs);
  }

  private static Figure figure(Config figure) {
    return new Figure(
        choice(Unit.class, figure, "unit"),
        figure.getString("label"),
        figure.getString("key"),
        figure.getString("beside"),
        figure.getString("beside-key"));
  }

  private static <E extends Enum<E>> E choice(Class<E> type, Config config, String key) {
    return Enum.valueOf(type, config.getString(key).toUpperCase(Locale.ROOT));
  }
}
