package io.dialogbert.frame.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.Days;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads one section of a configuration: {@code --set} flags over the job's file over {@code
 * reference.conf}, where all defaults live. A bad value is recorded and replaced by its default, so
 * that reading continues and {@link #finish} reports all problems at once, with file and line. A
 * key of the section that nothing reads is also a problem. So is a root key that is not a section,
 * a root setting or the target of a substitution.
 */
public final class ConfigReader {
  public static final String REFERENCE = "reference.conf";
  private static final String REQUIRED = "must be set";

  /** The root key of the day to which a job is restricted. */
  static final String DAY = "day";

  private final ConfigSources sources;
  private final ConfigProblems problems;
  private final Map<String, Setting> read;
  private final Map<String, String> rules;
  private final String prefix;

  private ConfigReader(ConfigSources sources) {
    this.sources = sources;
    this.problems = new ConfigProblems(sources);
    this.read = new LinkedHashMap<>();
    this.rules = new HashMap<>();
    this.prefix = "";
  }

  /** Shares everything except the prefix and the problems. */
  private ConfigReader(ConfigReader root, String prefix, ConfigProblems problems) {
    this.sources = root.sources;
    this.problems = problems;
    this.read = root.read;
    this.rules = root.rules;
    this.prefix = prefix;
  }

  /**
   * Opens a configuration file.
   *
   * @param file HOCON; may be absent if {@code --set} flags give everything
   * @param sets {@code key=value}, keys dotted from the root of the file; a value that begins with
   *     {@code "}, <code>[</code> or <code>{</code> is HOCON; any other value is taken literally
   * @throws BadConfigException if the file cannot be read or is not HOCON, or a flag has no {@code
   *     =}
   */
  public static ConfigReader open(Optional<String> file, List<String> sets) {
    return open(file, sets, Optional.empty());
  }

  /**
   * The same for one day.
   *
   * @param day the day to which the job is restricted; substitutions may refer to it as {@code day}
   */
  public static ConfigReader open(
      Optional<String> file, List<String> sets, Optional<LocalDate> day) {
    return new ConfigReader(ConfigSources.open(file, sets, day));
  }

  /** A reader for the group of settings under {@code key}. */
  public ConfigReader section(String key) {
    return new ConfigReader(this, prefix + key + ".", problems);
  }

  /**
   * A reader for the group of settings under {@code key}, which other settings may make
   * meaningless.
   *
   * @param isUsed if not, no setting of the group is required, and none is checked
   */
  public ConfigReader section(String key, boolean isUsed) {
    return isUsed
        ? section(key)
        : new ConfigReader(this, prefix + key + ".", new ConfigProblems(sources));
  }

  /** The seed of the whole run: one root setting, so that every job uses the same one. */
  public long seed() {
    return new ConfigReader(this, "", problems).longBetween("seed", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /**
   * The day to which the job is restricted. Reading it says that the job works by day; {@link
   * #finish} refuses a day that no job reads.
   */
  public Optional<LocalDate> day() {
    sources.day().ifPresent(day -> read.put(DAY, new Setting(DAY, "", day.toString(), false)));
    return sources.day();
  }

  /** A path of a directory. If there is a {@link #day}, it is that day's directory below it. */
  public String pathOfDay(String key) {
    String path = path(key);
    return path.isBlank() ? path : day().map(day -> Days.directory(path, day)).orElse(path);
  }

  /** A string; may be empty. */
  public String string(String key) {
    return read(key, Config::getString, Rule.none(), "", false);
  }

  /**
   * A string.
   *
   * @param rule what it must be, as a phrase that begins with "must"
   */
  public String string(String key, String rule, Predicate<String> holds) {
    return read(key, Config::getString, new Rule<>(rule, holds), "", false);
  }

  /** A path of a directory or file, local or on any Hadoop file system. Required. */
  public String path(String key) {
    String path =
        read(key, Config::getString, new Rule<>(REQUIRED, value -> !value.isBlank()), "", true);
    return path.isBlank() ? path : onlyPath(key, path);
  }

  /** A path; absent if the value is empty. */
  public Optional<String> optionalPath(String key) {
    return Optional.of(read(key, Config::getString, Rule.none(), "", true))
        .filter(value -> !value.isBlank())
        .map(value -> onlyPath(key, value));
  }

  /** At least one path or glob. */
  public List<String> paths(String key) {
    return onlyPaths(
        key,
        read(
            key,
            Config::getStringList,
            new Rule<>("must name at least one path", value -> !value.isEmpty()),
            List.of(),
            true));
  }

  /** Paths or globs; may be empty. */
  public List<String> optionalPaths(String key) {
    return onlyPaths(key, read(key, Config::getStringList, Rule.none(), List.of(), true));
  }

  private List<String> onlyPaths(String key, List<String> values) {
    values.forEach(value -> onlyPath(key, value));
    return values;
  }

  /** Returns the value; records a problem if it is not a path. */
  private String onlyPath(String key, String value) {
    PathSyntax.brokenRule(value).ifPresent(rule -> problem(key, rule));
    return value;
  }

  public List<String> strings(String key) {
    return read(key, Config::getStringList, Rule.none(), List.of(), false);
  }

  /** Whole numbers in ascending order, none twice; may be empty. */
  public List<Integer> ascendingInts(String key, int min, int max) {
    return this.<List<Double>>read(
            key,
            Config::getDoubleList,
            new Rule<>(
                "must be whole numbers between " + min + " and " + max + " in ascending order",
                values -> ascendWithin(values, min, max)),
            List.of(),
            false)
        .stream()
        .map(Double::intValue)
        .toList();
  }

  private static boolean ascendWithin(List<Double> values, int min, int max) {
    double least = min;
    for (double value : values) {
      if (value != Math.rint(value) || value < least || value > max) {
        return false;
      }
      least = value + 1;
    }
    return true;
  }

  public int intBetween(String key, int min, int max) {
    return Math.toIntExact(longBetween(key, min, max));
  }

  public long longBetween(String key, long min, long max) {
    BigDecimal least = BigDecimal.valueOf(min);
    Rule<BigDecimal> rule = range(least, BigDecimal.valueOf(max));
    return read(key, ConfigReader::wholeNumber, rule, least, false).longValueExact();
  }

  /**
   * Unlike {@link Config#getLong}, never rounds silently. Also reads numbers too large for a long,
   * which are then out of range.
   */
  private static BigDecimal wholeNumber(Config config, String path) {
    // As text, since a double cannot distinguish 2^53 + 1 from 2^53.
    BigDecimal number = new BigDecimal(config.getString(path).strip());
    if (number.stripTrailingZeros().scale() > 0) {
      throw new ArithmeticException("it has a fraction");
    }
    return number;
  }

  public double doubleBetween(String key, double min, double max) {
    return read(key, Config::getDouble, range(min, max), min, false);
  }

  /** A proportion in [0, 1]. */
  public double fraction(String key) {
    return doubleBetween(key, 0, 1);
  }

  public boolean flag(String key) {
    return read(key, Config::getBoolean, Rule.none(), false, false);
  }

  public Duration duration(String key) {
    return read(
        key,
        ConfigReader::durationWithUnit,
        new Rule<>("must not be negative", value -> !value.isNegative()),
        Duration.ZERO,
        false);
  }

  /** Requires a unit, where {@link Config#getDuration} would assume milliseconds. */
  private static Duration durationWithUnit(Config config, String path) {
    if (config.getString(path).matches("[^\\p{L}]*")) {
      throw new ConfigException.BadValue(path, "no unit");
    }
    return config.getDuration(path);
  }

  /**
   * One of an enum's constants, written as its {@code toString} if it overrides that, otherwise in
   * kebab-case.
   */
  public <E extends Enum<E>> E choice(String key, Class<E> type) {
    Map<String, E> names = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      String name = constant.toString();
      names.put(
          name.equals(constant.name()) ? name.toLowerCase(Locale.ROOT).replace('_', '-') : name,
          constant);
    }
    String first = names.keySet().iterator().next();
    String name =
        read(
            key,
            Config::getString,
            new Rule<>("must be one of " + String.join(", ", names.keySet()), names::containsKey),
            first,
            false);
    return names.getOrDefault(name, names.get(first));
  }

  /** Records a problem with a value already read, such as a broken rule across settings. */
  public void problem(String key, String message) {
    problems.note(prefix + key, Optional.ofNullable(sources.value(prefix + key)), message);
  }

  /**
   * What a value must be.
   *
   * @param words as a problem states it; empty if any value is valid
   */
  private record Rule<T>(String words, Predicate<T> holds) {
    static <T> Rule<T> none() {
      return new Rule<>("", value -> true);
    }
  }

  private static <T extends Comparable<T>> Rule<T> range(T min, T max) {
    return new Rule<>(
        "must be between " + min + " and " + max,
        value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
  }

  /**
   * What each setting that was read must be, by key. Settings that accept any text are left out.
   */
  public Map<String, String> rules() {
    return Map.copyOf(rules);
  }

  private <T> T read(String key, Getter<T> getter, Rule<T> rule, T standIn, boolean location) {
    String path = prefix + key;
    if (!rule.words().isEmpty()) {
      rules.put(path, rule.words());
    } else if (standIn instanceof Boolean) {
      rules.put(path, "must be " + getter.expects(standIn));
    }
    ConfigValue raw = sources.value(path);
    ConfigValue byDefault = sources.byDefault(path);
    read.put(
        path,
        new Setting(
            path,
            byDefault == null ? "" : ConfigProblems.show(byDefault),
            raw == null ? "" : ConfigProblems.show(raw),
            location));
    if (raw == null || raw.valueType() == ConfigValueType.NULL) {
      problems.note(path, Optional.empty(), REQUIRED);
      return standIn;
    }
    try {
      T value = getter.get(sources.merged(), path);
      if (rule.holds().test(value)) {
        return value;
      }
      // An invalid default means that the setting must be set; no line of the reference is at
      // fault.
      boolean set = byDefault == null || !raw.origin().equals(byDefault.origin());
      problems.note(path, Optional.of(raw).filter(v -> set), rule.words());
    } catch (ConfigException.WrongType
        | ConfigException.BadValue
        | ArithmeticException
        | NumberFormatException e) {
      problems.note(path, Optional.of(raw), "must be " + getter.expects(standIn));
    }
    return byDefault == null ? standIn : fallback(getter, path, standIn);
  }

  private <T> T fallback(Getter<T> getter, String path, T standIn) {
    try {
      return getter.get(sources.reference(), path);
    } catch (ConfigException e) {
      return standIn;
    }
  }

  private interface Getter<T> {
    T get(Config config, String path);

    /** The kind of value that this reads, in words. */
    default String expects(T example) {
      if (example instanceof BigDecimal) {
        return "a whole number";
      } else if (example instanceof Double) {
        return "a number";
      } else if (example instanceof Boolean) {
        return "true or false";
      } else if (example instanceof Duration) {
        return "a duration with its unit, such as 30m or 12h";
      } else if (example instanceof List) {
        return "a list, such as [\"a\", \"b\"]";
      }
      return "a string";
    }
  }

  /**
   * Finishes reading a job's section.
   *
   * @return the section's effective settings, by key
   * @throws BadConfigException with every problem found, including the section's unknown keys
   */
  public List<Setting> finish(String section) {
    problems.noteUnknownKeys(section, read.keySet());
    noteUnreadDay(section);
    problems.throwIfAny();
    return List.copyOf(new TreeMap<>(read).values());
  }

  /** A day that a file sets for its own substitutions restricts nothing. */
  private void noteUnreadDay(String section) {
    Optional<ConfigValue> value = Optional.ofNullable(sources.value(DAY));
    if (sources.day().isPresent()) {
      if (!read.containsKey(DAY)) {
        problems.note(
            DAY,
            value,
            section + " does not work by day; without --day, it reads all days there are");
      }
    } else if (value.filter(set -> !set.unwrapped().equals("")).isPresent()
        && !sources.referredTo().contains(DAY)) {
      problems.note(DAY, value, "must be given on the command line, as --day");
    }
  }

  /** Free-form string settings under a root key, such as Spark's own. */
  public Map<String, String> free(String rootKey) {
    return sources.free(rootKey);
  }
}
