package io.dialogbert.frame.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.Refusal;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Reads one section of a configuration: {@code --set} flags over the job's file over {@code
 * reference.conf}, where all defaults live. A bad value is noted and the default stands in for it,
 * so that reading goes on and {@link #finish} reports all problems at once, with file and line. A
 * key of the section that nothing asked for is a problem, too, and so is a root key that is neither
 * a section nor a root setting nor what a substitution refers to.
 */
public final class ConfigReader {
  /** One setting as it took effect; {@code defaultValue} is empty where there is none. */
  public record Setting(String key, String defaultValue, String value, boolean location) {}

  public static final String REFERENCE = "reference.conf";
  private static final String REQUIRED = "must be set";

  /** Its group is the root key. */
  private static final Pattern SUBSTITUTION =
      Pattern.compile("\\$\\{\\??(\"[^\"]*\"|[^.}]+)[^}]*\\}");

  private static final Pattern HOCON_VALUE = Pattern.compile("\\s*[\\[{\"]");

  /**
   * Sections of jobs that may not be on the class path: one file serves the jars of all modules.
   */
  private static final Set<String> LATER_SECTIONS =
      Set.of("pretrain", "evaluate-encoder", "build-task-data", "finetune", "distill");

  private final Sources sources;
  private final String prefix;

  private ConfigReader(Sources sources, String prefix) {
    this.sources = sources;
    this.prefix = prefix;
  }

  /** What all readers of one configuration share. */
  private static final class Sources {
    final String file;
    final Config reference;
    final Config merged;

    /** Root keys that substitutions refer to. */
    final Set<String> referredTo;

    final Map<String, Setting> read = new LinkedHashMap<>();
    final Map<String, String> rules = new LinkedHashMap<>();
    final List<String[]> problems = new ArrayList<>();

    Sources(String file, Config reference, Config merged, Set<String> referredTo) {
      this.file = file;
      this.reference = reference;
      this.merged = merged;
      this.referredTo = referredTo;
    }
  }

  /**
   * Opens a configuration file.
   *
   * @param file HOCON; may be absent if {@code --set} flags say everything
   * @param sets {@code key=value}, keys dotted from the root of the file; a value that begins with
   *     {@code "}, <code>[</code> or <code>{</code> is HOCON, any other stands for itself
   * @throws BadConfigException if the file cannot be read or is not HOCON, or a flag has no {@code
   *     =}
   */
  public static ConfigReader open(Optional<String> file, List<String> sets) {
    Set<String> referredTo = new HashSet<>();
    Config fromFile = file.map(path -> parse(path, referredTo)).orElse(ConfigFactory.empty());
    Config flags = ConfigFactory.empty();
    for (String set : sets) {
      flags = parseFlag(set).withFallback(flags);
    }
    noteReferences(flags.root(), referredTo);
    Config reference = ConfigFactory.parseResources(ConfigReader.class.getClassLoader(), REFERENCE);
    try {
      Config merged = flags.withFallback(fromFile).withFallback(reference).resolve();
      return new ConfigReader(
          new Sources(file.orElse("--set"), reference.resolve(), merged, referredTo), "");
    } catch (ConfigException e) {
      throw new BadConfigException(file.orElse("--set") + ": " + e.getMessage(), e);
    }
  }

  private static Config parse(String file, Set<String> referredTo) {
    // Absolute, since HOCON looks for no include beside a file without a directory.
    File path = new File(file).getAbsoluteFile();
    requireReadable(file, path);
    try {
      Config config =
          ConfigFactory.parseFile(
              path,
              ConfigParseOptions.defaults()
                  .setAllowMissing(false)
                  // What an included file refers to counts even if the including one overrides it.
                  .setIncluder(
                      StrictIncluder.of(path, included -> noteReferences(included, referredTo))));
      noteReferences(config.root(), referredTo);
      return config;
    } catch (ConfigException e) {
      throw new BadConfigException("not valid HOCON: " + e.getMessage(), e);
    }
  }

  private static void requireReadable(String file, File path) {
    try {
      Refusal.requireFile(path.toPath());
    } catch (NoSuchFileException e) {
      throw new BadConfigException(
          "configuration file not found: "
              + file
              + " (looked in "
              + new File("").getAbsolutePath()
              + ")",
          e);
    } catch (IOException e) {
      throw new BadConfigException(
          "configuration file cannot be read: " + file + " (" + Refusal.of(e) + ")", e);
    }
  }

  /** The library tells substitutions only as it writes them. */
  private static void noteReferences(ConfigObject unresolved, Set<String> rootKeys) {
    Matcher substitution = SUBSTITUTION.matcher(unresolved.render(ConfigRenderOptions.concise()));
    while (substitution.find()) {
      rootKeys.add(substitution.group(1).replace("\"", ""));
    }
  }

  private static Config parseFlag(String set) {
    int equals = set.indexOf('=');
    if (equals <= 0) {
      throw new BadConfigException("--set needs key=value, got: " + set);
    }
    String key = set.substring(0, equals);
    String value = set.substring(equals + 1);
    try {
      // Lists, objects and quoted strings are HOCON; everything else is taken as it stands, so that
      // a URL needs no quotes.
      return HOCON_VALUE.matcher(value).lookingAt()
          ? ConfigFactory.parseString(
              key + "=" + value, ConfigParseOptions.defaults().setOriginDescription("--set"))
          : ConfigFactory.parseMap(Map.of(key, value), "--set");
    } catch (ConfigException e) {
      throw new BadConfigException("--set " + key + ": " + e.getMessage(), e);
    }
  }

  /** A reader of the group of settings under {@code key}. */
  public ConfigReader section(String key) {
    return new ConfigReader(sources, prefix + key + ".");
  }

  /** The seed of the whole run: one root setting, so that every job draws from the same one. */
  public long seed() {
    return new ConfigReader(sources, "").longBetween("seed", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** A string; may be empty. */
  public String string(String key) {
    return read(key, Config::getString, Rule.none(), "", false);
  }

  /**
   * A string.
   *
   * @param rule what it must be, as a sentence that begins with "must"
   */
  public String string(String key, String rule, Predicate<String> holds) {
    return read(key, Config::getString, new Rule<>(rule, holds), "", false);
  }

  /** Where something lies: a directory or file, local or of any Hadoop file system. Required. */
  public String path(String key) {
    String path =
        read(key, Config::getString, new Rule<>(REQUIRED, value -> !value.isBlank()), "", true);
    return path.isBlank() ? path : onlyPath(key, path);
  }

  /** Where something lies, or nothing where the value is empty. */
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

  /** Paths or globs; none where the list is empty. */
  public List<String> optionalPaths(String key) {
    return onlyPaths(key, read(key, Config::getStringList, Rule.none(), List.of(), true));
  }

  private List<String> onlyPaths(String key, List<String> values) {
    values.forEach(value -> onlyPath(key, value));
    return values;
  }

  /** The value; where it is no path, that is noted. */
  private String onlyPath(String key, String value) {
    PathSyntax.brokenRule(value).ifPresent(rule -> problem(key, rule));
    return value;
  }

  public List<String> strings(String key) {
    return read(key, Config::getStringList, Rule.none(), List.of(), false);
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
   * Without the silent rounding of {@link Config#getLong}, and also of a number that no long can
   * hold, which is out of range.
   */
  private static BigDecimal wholeNumber(Config config, String path) {
    // As text, since a double no longer tells 2^53 + 1 from 2^53.
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

  /** Without the unit that {@link Config#getDuration} takes for granted, milliseconds. */
  private static Duration durationWithUnit(Config config, String path) {
    if (config.getString(path).matches("[^\\p{L}]*")) {
      throw new ConfigException.BadValue(path, "no unit");
    }
    return config.getDuration(path);
  }

  /**
   * One of an enum's constants, written as its {@code toString} where it has one, else in
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

  /** Notes a problem with a value that was read, as a rule across settings. */
  public void problem(String key, String message) {
    problem(prefix + key, Optional.ofNullable(valueAt(sources.merged, prefix + key)), message);
  }

  /**
   * What values of a kind must be.
   *
   * @param words as a problem says it; empty where all will do
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

  /** What each setting that was read must be, by key; without those of which any text will do. */
  public Map<String, String> rules() {
    return Map.copyOf(sources.rules);
  }

  private <T> T read(String key, Getter<T> getter, Rule<T> rule, T standIn, boolean location) {
    String path = prefix + key;
    if (!rule.words().isEmpty()) {
      sources.rules.put(path, rule.words());
    } else if (standIn instanceof Boolean) {
      sources.rules.put(path, "must be " + getter.expects(standIn));
    }
    ConfigValue raw = valueAt(sources.merged, path);
    ConfigValue byDefault = valueAt(sources.reference, path);
    sources.read.put(
        path,
        new Setting(
            path,
            byDefault == null ? "" : show(byDefault),
            raw == null ? "" : show(raw),
            location));
    if (raw == null || raw.valueType() == ConfigValueType.NULL) {
      problem(path, Optional.empty(), REQUIRED);
      return standIn;
    }
    try {
      T value = getter.get(sources.merged, path);
      if (rule.holds().test(value)) {
        return value;
      }
      // A default that does not do is one that must be set, in no line of the reference.
      boolean set = byDefault == null || !raw.origin().equals(byDefault.origin());
      problem(path, Optional.of(raw).filter(v -> set), rule.words());
    } catch (ConfigException.WrongType
        | ConfigException.BadValue
        | ArithmeticException
        | NumberFormatException e) {
      problem(path, Optional.of(raw), "must be " + getter.expects(standIn));
    }
    return byDefault == null ? standIn : fallback(getter, path, standIn);
  }

  private <T> T fallback(Getter<T> getter, String path, T standIn) {
    try {
      return getter.get(sources.reference, path);
    } catch (ConfigException e) {
      return standIn;
    }
  }

  private interface Getter<T> {
    T get(Config config, String path);

    /** What kind of value this reads, in words. */
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

  private static ConfigValue valueAt(Config config, String path) {
    return config.hasPathOrNull(path) && !config.getIsNull(path) ? config.getValue(path) : null;
  }

  private static String show(ConfigValue value) {
    return value.valueType() == ConfigValueType.LIST
        ? String.join(
            ", ",
            ((ConfigList) value).stream().map(item -> String.valueOf(item.unwrapped())).toList())
        : String.valueOf(value.unwrapped());
  }

  private void problem(String path, Optional<ConfigValue> value, String message) {
    Optional<ConfigOrigin> byDefault =
        Optional.ofNullable(valueAt(sources.reference, path)).map(ConfigValue::origin);
    String place =
        value
            .map(ConfigValue::origin)
            .filter(origin -> !origin.equals(byDefault.orElse(null)))
            .map(ConfigReader::place)
            .orElse("");
    String shown =
        path
            + value
                .filter(v -> v.valueType() != ConfigValueType.OBJECT)
                .map(v -> " = " + show(v))
                .orElse("");
    sources.problems.add(new String[] {place, shown, message});
  }

  private static String place(ConfigOrigin origin) {
    if (origin.description().startsWith("merge of ")) {
      // A group of settings from several places.
      return "";
    }
    String file =
        origin.filename() == null ? origin.resource() : new File(origin.filename()).getName();
    return file == null || origin.lineNumber() <= 0
        ? origin.description()
        : file + " line " + origin.lineNumber();
  }

  /**
   * Ends reading of a job's section.
   *
   * @return the settings of the section as they took effect, by key
   * @throws BadConfigException with every problem found, unknown keys of the section included
   */
  public List<Setting> finish(String section) {
    noteUnknownKeys(section);
    if (!sources.problems.isEmpty()) {
      int[] widths = new int[2];
      for (String[] problem : sources.problems) {
        widths[0] = Math.max(widths[0], problem[0].length());
        widths[1] = Math.max(widths[1], problem[1].length());
      }
      StringBuilder text = new StringBuilder();
      int count = sources.problems.size();
      text.append(sources.file)
          .append(": ")
          .append(count)
          .append(count == 1 ? " problem" : " problems");
      for (String[] problem : sources.problems) {
        text.append(
            String.format(
                Locale.ROOT,
                "%n  %-" + Math.max(1, widths[0]) + "s  %-" + widths[1] + "s  %s",
                (Object[]) problem));
      }
      throw new BadConfigException(text.toString());
    }
    return List.copyOf(new TreeMap<>(sources.read).values());
  }

  private void noteUnknownKeys(String section) {
    Set<String> known = new TreeSet<>(sources.reference.root().keySet());
    known.addAll(LATER_SECTIONS);
    known.add(section);
    for (Map.Entry<String, ConfigValue> root : sources.merged.root().entrySet()) {
      String key = root.getKey();
      if (!known.contains(key) && !sources.referredTo.contains(key)) {
        String suggestion =
            inSection(section, key)
                .or(() -> nearest(key, known))
                .map(ConfigReader::didYouMean)
                .orElse("");
        problem(
            ConfigUtil.joinPath(key),
            Optional.of(root.getValue()),
            "unknown key, and nothing refers to it" + suggestion);
      }
    }
    ConfigValue value = sources.merged.root().get(section);
    if (value instanceof ConfigObject object) {
      noteUnknownKeys(section + ".", object);
    } else if (value != null) {
      problem(section, Optional.of(value), "must be a group of settings in braces");
    }
  }

  /** The setting or group of a section that has a key for its own name. */
  private Optional<String> inSection(String section, String key) {
    return sources.read.keySet().stream()
        .filter(path -> path.startsWith(section + ".") && (path + ".").contains("." + key + "."))
        .map(path -> path.substring(0, (path + ".").indexOf("." + key + ".") + 1) + key)
        .findFirst();
  }

  private void noteUnknownKeys(String path, ConfigObject object) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String key = path + ConfigUtil.joinPath(entry.getKey());
      if (sources.read.containsKey(key)) {
        continue;
      }
      boolean group = sources.read.keySet().stream().anyMatch(known -> known.startsWith(key + "."));
      if (group && entry.getValue() instanceof ConfigObject inner) {
        noteUnknownKeys(key + ".", inner);
      } else if (!sources.reference.hasPathOrNull(key)) {
        // A setting with a default is known even if a problem kept the job from reading it.
        problem(
            key, Optional.of(entry.getValue()), "unknown key" + suggestion(path, entry.getKey()));
      }
    }
  }

  private String suggestion(String path, String key) {
    Set<String> known =
        sources.read.keySet().stream()
            .filter(read -> read.startsWith(path))
            .map(read -> read.substring(path.length()).split("\\.")[0])
            .collect(Collectors.toCollection(TreeSet::new));
    return nearest(key, known).map(ConfigReader::didYouMean).orElse("");
  }

  private static Optional<String> nearest(String key, Set<String> known) {
    return known.stream()
        .filter(other -> distance(other, key) <= Math.max(2, key.length() / 3))
        .min(Comparator.comparingInt(other -> distance(other, key)));
  }

  private static String didYouMean(String key) {
    return "; did you mean " + key + "?";
  }

  private static int distance(String a, String b) {
    return LevenshteinDistance.getDefaultInstance().apply(a, b);
  }

  /** Free-form string settings under a root key, such as Spark's own. */
  public Map<String, String> free(String rootKey) {
    Map<String, String> values = new TreeMap<>();
    if (sources.merged.hasPath(rootKey)) {
      sources
          .merged
          .getConfig(rootKey)
          .entrySet()
          .forEach(
              entry ->
                  values.put(
                      String.join(".", ConfigUtil.splitPath(entry.getKey())),
                      String.valueOf(entry.getValue().unwrapped())));
    }
    return values;
  }

  /** The settings as an aligned table of key, default and value; printed once when a job starts. */
  public static String table(List<Setting> settings) {
    int key = settings.stream().mapToInt(s -> s.key().length()).max().orElse(0);
    int byDefault = settings.stream().mapToInt(s -> s.defaultValue().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    String row = "  %-" + Math.max(7, key) + "s  %-" + Math.max(7, byDefault) + "s  %s%n";
    text.append(String.format(Locale.ROOT, row, "setting", "default", "value"));
    for (Setting setting : settings) {
      text.append(
          String.format(Locale.ROOT, row, setting.key(), setting.defaultValue(), setting.value()));
    }
    return text.toString();
  }
}
