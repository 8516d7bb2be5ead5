package io.dialogbert.frame.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.dialogbert.common.BadConfigException;
import java.io.File;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** All problems of a configuration, thrown together as a table with file and line. */
final class ConfigProblems {
  /**
   * A problem.
   *
   * @param place file and line; empty where no line set the value
   * @param setting its key, with its value if it has one
   * @param rule what the value must be
   */
  private record Problem(String place, String setting, String rule) {}

  private final ConfigSources sources;
  private final List<Problem> problems = new ArrayList<>();

  ConfigProblems(ConfigSources sources) {
    this.sources = sources;
  }

  /**
   * Records a problem.
   *
   * @param value the value at fault, if there is one
   */
  void note(String path, Optional<ConfigValue> value, String message) {
    Optional<ConfigOrigin> byDefault =
        Optional.ofNullable(sources.byDefault(path)).map(ConfigValue::origin);
    String place =
        value
            .map(ConfigValue::origin)
            .filter(origin -> !origin.equals(byDefault.orElse(null)))
            .map(ConfigProblems::place)
            .orElse("");
    String shown =
        path
            + value
                .filter(v -> v.valueType() != ConfigValueType.OBJECT)
                .map(v -> " = " + show(v))
                .orElse("");
    problems.add(new Problem(place, shown, message));
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

  /** A value as shown in messages and tables. */
  static String show(ConfigValue value) {
    return value.valueType() == ConfigValueType.LIST
        ? String.join(
            ", ",
            ((ConfigList) value).stream().map(item -> String.valueOf(item.unwrapped())).toList())
        : String.valueOf(value.unwrapped());
  }

  /**
   * Throws if any problem was recorded.
   *
   * @throws BadConfigException with every recorded problem
   */
  void throwIfAny() {
    if (problems.isEmpty()) {
      return;
    }
    int place = problems.stream().mapToInt(p -> p.place().length()).max().orElse(0);
    int setting = problems.stream().mapToInt(p -> p.setting().length()).max().orElse(0);
    String row = "%n  %-" + Math.max(1, place) + "s  %-" + Math.max(1, setting) + "s  %s";
    StringBuilder text = new StringBuilder(sources.file()).append(": ").append(problems.size());
    text.append(problems.size() == 1 ? " problem" : " problems");
    for (Problem problem : problems) {
      text.append(
          String.format(Locale.ROOT, row, problem.place(), problem.setting(), problem.rule()));
    }
    throw new BadConfigException(text.toString());
  }

  /**
   * Records keys that nothing reads.
   *
   * @param read paths of the settings that the job read
   */
  void noteUnknownKeys(String section, Set<String> read) {
    Set<String> known = new TreeSet<>(sources.reference().root().keySet());
    known.addAll(JobCatalog.names());
    known.add(section);
    for (Map.Entry<String, ConfigValue> root : sources.merged().root().entrySet()) {
      String key = root.getKey();
      if (!known.contains(key) && !sources.referredTo().contains(key)) {
        String suggestion =
            inSection(section, key, read)
                .or(() -> nearest(key, known))
                .map(ConfigProblems::didYouMean)
                .orElse("");
        note(
            ConfigUtil.joinPath(key),
            Optional.of(root.getValue()),
            "unknown key, and nothing refers to it" + suggestion);
      }
    }
    ConfigValue value = sources.merged().root().get(section);
    if (value instanceof ConfigObject object) {
      noteUnknownKeys(section + ".", object, read);
    } else if (value != null) {
      note(section, Optional.of(value), "must be a group of settings in braces");
    }
  }

  /** The full path of the section's setting or group that is named by a key. */
  private Optional<String> inSection(String section, String key, Set<String> read) {
    return read.stream()
        .filter(path -> path.startsWith(section + ".") && (path + ".").contains("." + key + "."))
        .map(path -> path.substring(0, (path + ".").indexOf("." + key + ".") + 1) + key)
        .findFirst();
  }

  private void noteUnknownKeys(String path, ConfigObject object, Set<String> read) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String key = path + ConfigUtil.joinPath(entry.getKey());
      if (read.contains(key)) {
        continue;
      }
      boolean group = read.stream().anyMatch(known -> known.startsWith(key + "."));
      if (group && entry.getValue() instanceof ConfigObject inner) {
        noteUnknownKeys(key + ".", inner, read);
      } else if (!sources.reference().hasPathOrNull(key)) {
        // A setting with a default is known even if a problem prevented the job from reading it.
        note(
            key,
            Optional.of(entry.getValue()),
            "unknown key" + suggestion(path, entry.getKey(), read));
      }
    }
  }

  private String suggestion(String path, String key, Set<String> read) {
    Set<String> known =
        read.stream()
            .filter(setting -> setting.startsWith(path))
            .map(setting -> setting.substring(path.length()).split("\\.")[0])
            .collect(Collectors.toCollection(TreeSet::new));
    return nearest(key, known).map(ConfigProblems::didYouMean).orElse("");
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
}
