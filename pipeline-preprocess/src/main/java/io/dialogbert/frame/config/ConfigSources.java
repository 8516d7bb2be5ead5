package io.dialogbert.frame.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.LocalFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layers of a configuration, {@code --set} flags over the job's file over {@code
 * reference.conf}, and all three merged.
 *
 * @param file what messages call the configuration
 * @param referredTo root keys that substitutions refer to
 * @param day the day that the command line gives
 */
record ConfigSources(
    String file, Config reference, Config merged, Set<String> referredTo, Optional<LocalDate> day) {
  /** Its capturing group is the root key. */
  private static final Pattern SUBSTITUTION =
      Pattern.compile("\\$\\{\\??(\"[^\"]*\"|[^.}]+)[^}]*\\}");

  private static final Pattern HOCON_VALUE = Pattern.compile("\\s*[\\[{\"]");

  /**
   * Opens a configuration file.
   *
   * @param file HOCON; may be absent if {@code --set} flags give everything
   * @param sets {@code key=value}, keys dotted from the root of the file; a value that begins with
   *     {@code "}, <code>[</code> or <code>{</code> is HOCON; any other value is taken literally
   * @param day the value of the root key {@code day}, if the command line gives one
   * @throws BadConfigException if the file cannot be read or is not HOCON, or a flag has no {@code
   *     =}
   */
  static ConfigSources open(Optional<String> file, List<String> sets, Optional<LocalDate> day) {
    Set<String> referredTo = new HashSet<>();
    Config fromFile = file.map(path -> parse(path, referredTo)).orElse(ConfigFactory.empty());
    Config flags = ConfigFactory.empty();
    for (String set : sets) {
      flags = parseFlag(set).withFallback(flags);
    }
    if (day.isPresent()) {
      flags =
          ConfigFactory.parseMap(Map.of(ConfigReader.DAY, day.get().toString()), "--day")
              .withFallback(flags);
    }
    noteReferences(flags.root(), referredTo);
    Config reference =
        ConfigFactory.parseResources(ConfigSources.class.getClassLoader(), ConfigReader.REFERENCE);
    try {
      Config merged = flags.withFallback(fromFile).withFallback(reference).resolve();
      return new ConfigSources(file.orElse("--set"), reference.resolve(), merged, referredTo, day);
    } catch (ConfigException e) {
      throw new BadConfigException(file.orElse("--set") + ": " + e.getMessage(), e);
    }
  }

  private static Config parse(String file, Set<String> referredTo) {
    // Absolute: for a file given without a directory, HOCON does not look for includes beside it.
    File path = new File(file).getAbsoluteFile();
    requireReadable(file, path);
    try {
      Config config =
          ConfigFactory.parseFile(
              path,
              ConfigParseOptions.defaults()
                  .setAllowMissing(false)
                  // A reference in an included file counts even if the including file overrides it.
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
      LocalFiles.requireReadable(path.toPath());
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
          "configuration file cannot be read: " + file + " (" + LocalFiles.reason(e) + ")", e);
    }
  }

  /** The library exposes substitutions only in rendered text. */
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
      // Lists, objects and quoted strings are HOCON; everything else is taken literally, so that a
      // URL needs no quotes.
      return HOCON_VALUE.matcher(value).lookingAt()
          ? ConfigFactory.parseString(
              key + "=" + value, ConfigParseOptions.defaults().setOriginDescription("--set"))
          : ConfigFactory.parseMap(Map.of(key, value), "--set");
    } catch (ConfigException e) {
      throw new BadConfigException("--set " + key + ": " + e.getMessage(), e);
    }
  }

  /** The value at a path; null if there is none. */
  ConfigValue value(String path) {
    return valueAt(merged, path);
  }

  /** The default at a path; null if there is none. */
  ConfigValue byDefault(String path) {
    return valueAt(reference, path);
  }

  private static ConfigValue valueAt(Config config, String path) {
    return config.hasPathOrNull(path) && !config.getIsNull(path) ? config.getValue(path) : null;
  }

  /** Free-form string settings under a root key, such as Spark's own. */
  Map<String, String> free(String rootKey) {
    Map<String, String> values = new TreeMap<>();
    if (merged.hasPath(rootKey)) {
      merged
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
}
