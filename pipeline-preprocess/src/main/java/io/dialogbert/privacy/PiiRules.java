package io.dialogbert.privacy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.dialogbert.common.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rule files {@code rules/KIND-LANGUAGE.conf}. The language says whose numbers a file covers;
 * it is {@code any} for those that are the same everywhere. All files apply to all texts.
 */
final class PiiRules {
  static final List<String> LANGUAGES = List.of("any", "ko", "ja");

  /** Definitions that rule files may refer to. */
  private static final String COMMON_FILE = "rules/common.conf";

  private static final Config COMMON =
      ConfigFactory.parseURL(PiiRules.class.getResource(COMMON_FILE));

  private PiiRules() {}

  /** Identifies the rule files and the name lists that they use. */
  static String fingerprint() {
    return Resources.fingerprint(PiiRules.class, files());
  }

  /** All files that affect masking, in a stable order. */
  static List<String> files() {
    List<String> files = new ArrayList<>();
    files.add(COMMON_FILE);
    for (PiiKind kind : PiiKind.values()) {
      for (String language : LANGUAGES) {
        String path = path(kind, language);
        if (PiiRules.class.getResource(path) != null) {
          files.add(path);
        }
      }
    }
    Names.FILES.forEach(file -> files.add(Names.path(file)));
    Stream.of("ko", "ja").map(NameTagger::file).forEach(files::add);
    return files;
  }

  private static String path(PiiKind kind, String language) {
    return "rules/" + kind.fileName() + "-" + language + ".conf";
  }

  /** Every rule of every file. */
  static List<PiiRule> load() {
    List<PiiRule> rules = new ArrayList<>();
    for (PiiKind kind : PiiKind.values()) {
      int before = rules.size();
      for (String language : LANGUAGES) {
        String file = kind.fileName() + "-" + language;
        try (InputStream in = PiiRules.class.getResourceAsStream(path(kind, language))) {
          if (in != null) {
            rules.addAll(read(kind, file, new InputStreamReader(in, StandardCharsets.UTF_8)));
          }
        } catch (IOException e) {
          throw new IllegalStateException("cannot read rule file " + file, e);
        }
      }
      if (rules.size() == before) {
        throw new IllegalStateException("no rule file for " + kind.fileName());
      }
    }
    return List.copyOf(rules);
  }

  /**
   * The rules of one file.
   *
   * @throws IllegalArgumentException if the file does not follow {@code rules/README.md}; names
   *     file and rule
   */
  static List<PiiRule> read(PiiKind kind, String file, Reader in) {
    String place = file;
    try {
      Config config = ConfigFactory.parseReader(in).withFallback(COMMON).resolve();
      List<PiiRule> rules = new ArrayList<>();
      for (Config entry : config.getConfigList("rules")) {
        Config rule = entry.withFallback(config.withoutPath("rules"));
        place = file + "/" + rule.getString("name");
        rules.add(
            new PiiRule(
                kind,
                place,
                rule.getInt("priority"),
                rule.getInt("min-digits"),
                hints(rule),
                rule.hasPath("starts-before-hint") ? rule.getInt("starts-before-hint") : -1,
                rule.hasPath("states-name") && rule.getBoolean("states-name"),
                rule.hasPath("not-after") ? rule.getStringList("not-after") : List.of(),
                rule.getStringList("patterns").stream().map(BoundedPattern::new).toList(),
                rule.hasPath("validator")
                    ? Validator.named(rule.getString("validator"))
                    : Validator.NONE,
                rule.getStringList("positive"),
                rule.getStringList("negative")));
      }
      return rules;
    } catch (ConfigException | IllegalArgumentException e) {
      throw new IllegalArgumentException("rule " + place + ": " + e.getMessage(), e);
    }
  }

  private static List<String> hints(Config rule) {
    List<String> hints = new ArrayList<>();
    if (rule.hasPath("hints")) {
      hints.addAll(rule.getStringList("hints"));
    }
    if (rule.hasPath("hints-of")) {
      rule.getStringList("hints-of").forEach(list -> hints.addAll(Names.hints(list)));
    }
    return hints;
  }
}
