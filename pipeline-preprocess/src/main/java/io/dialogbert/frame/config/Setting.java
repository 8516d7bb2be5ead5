package io.dialogbert.frame.config;

import java.util.List;
import java.util.Locale;

/**
 * One effective setting.
 *
 * @param defaultValue empty if there is none
 * @param location whether it is only a path, which does not affect the result
 */
public record Setting(String key, String defaultValue, String value, boolean location) {
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
