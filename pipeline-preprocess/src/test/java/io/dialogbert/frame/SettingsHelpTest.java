package io.dialogbert.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What {@code JOB --help} shows about the settings. */
public class SettingsHelpTest {
  @Test
  void rangesChoicesAndFlagsStandBehindTheirSettings() throws IOException {
    assertThat(help("build-dialogues").lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            " messages = \"\" # must be set",
            " session-gap = 30m # must not be negative",
            " max-turns = 100 # must be between 2 and 10000",
            " near-duplicate-threshold = 0.85 # must be between 0.5 and 1.0",
            " # A longer silence starts a new dialogue.");
    assertThat(help("ingest-messages").lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            " format = json # must be one of json, csv, parquet, kakaotalk, line",
            " csv-delimiter = \",\""
                + " # must be one character or \\t, and none of quotes and line breaks",
            " lang = \"\"");
    assertThat(help("build-examples").lines().map(line -> line.replaceAll(" +", " ")))
        .contains(" whole-word-mask = false # must be true or false");
  }

  @Test
  void everyNumberAndFlagHasItsRule() throws IOException {
    for (Job<?> job : ServiceLoader.load(Job.class)) {
      requireRules(job);
    }
  }

  /** Checks that every number and flag of a job's section has a rule. */
  public static void requireRules(Job<?> job) throws IOException {
    String help = SettingsHelp.of(job);
    List<String> lines = help.lines().toList();
    Config section = ConfigFactory.parseString(help);
    List<String> without = new ArrayList<>();
    for (Map.Entry<String, ConfigValue> setting : section.entrySet()) {
      ConfigValueType type = setting.getValue().valueType();
      String line = lines.get(setting.getValue().origin().lineNumber() - 1);
      if ((type == ConfigValueType.NUMBER || type == ConfigValueType.BOOLEAN)
          && !line.contains(" # must ")) {
        without.add(setting.getKey());
      }
    }
    assertThat(section.entrySet()).as(job.name()).isNotEmpty();
    assertThat(without).as("settings of " + job.name() + " without their range").isEmpty();
  }

  private static String help(String name) throws IOException {
    for (Job<?> job : ServiceLoader.load(Job.class)) {
      if (job.name().equals(name)) {
        return SettingsHelp.of(job);
      }
    }
    throw new AssertionError(name);
  }
}
