package io.dialogbert.frame;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.dialogbert.frame.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A job's settings for {@code --help}. */
final class SettingsHelp {
  private SettingsHelp() {}

  /**
   * A job's section of {@code reference.conf} as written there. Each setting is followed by its
   * rule, as the job states it when it reads the setting. Empty if there is no such section.
   */
  static String of(Job<?> job) throws IOException {
    Pattern block =
        Pattern.compile("(?ms)^(?:#[^\n]*\n)*+" + Pattern.quote(job.name()) + " \\{.*?^\\}");
    for (URL url :
        Collections.list(
            SettingsHelp.class.getClassLoader().getResources(ConfigReader.REFERENCE))) {
      try (InputStream in = url.openStream()) {
        Matcher found = block.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        if (found.find()) {
          return withRules(found.group(), rules(job));
        }
      }
    }
    return "";
  }

  private static Map<String, String> rules(Job<?> job) {
    ConfigReader defaults = ConfigReader.open(Optional.empty(), List.of());
    job.configure(defaults.section(job.name()));
    return defaults.rules();
  }

  private static String withRules(String text, Map<String, String> rules) {
    Config section = ConfigFactory.parseString(text);
    Map<Integer, String> byLine = new TreeMap<>();
    rules.forEach(
        (key, rule) -> {
          if (section.hasPathOrNull(key)) {
            byLine.merge(section.getValue(key).origin().lineNumber(), rule, (a, b) -> a + "; " + b);
          }
        });
    List<String> lines = Arrays.asList(text.split("\n"));
    byLine.forEach((number, rule) -> lines.set(number - 1, line(lines.get(number - 1), rule)));
    return String.join("\n", lines);
  }

  private static String line(String setting, String rule) {
    return String.format(Locale.ROOT, "%-44s # %s", setting, rule);
  }
}
