package io.dialogbert.dialogue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.dialogbert.common.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Recognizes what a messenger writes in the place of a message: who joined, a photo, a sticker, a
 * deleted message. The lines are data, in {@code system-lines.conf}. Immutable and shared by
 * threads.
 */
public final class SystemLines {
  private static final String FILE = "system-lines.conf";

  /** Names and file names in a line are short; a longer text is something that somebody wrote. */
  private static final int MAX_LENGTH = 300;

  private final Map<String, DropReason> lines = new HashMap<>();
  private final List<Group> groups = new ArrayList<>();

  private record Group(DropReason reason, List<String> hints, List<Pattern> patterns) {
    boolean matches(String line) {
      return hints.stream().anyMatch(line::contains)
          && patterns.stream().anyMatch(pattern -> pattern.matcher(line).matches());
    }
  }

  /** The lines of KakaoTalk and LINE, Korean and Japanese. */
  public SystemLines() {
    for (Config group : groups()) {
      DropReason reason = reason(group);
      group.getStringList("lines").forEach(line -> lines.put(line, reason));
      groups.add(
          new Group(
              reason,
              group.getStringList("hints"),
              group.getStringList("patterns").stream().map(Pattern::compile).toList()));
    }
  }

  /** Why {@code text}, after normalization, is no message; empty where it is one. */
  public Optional<DropReason> reasonToDrop(String text) {
    String line = text.strip();
    if (line.isEmpty()) {
      return Optional.of(DropReason.EMPTY_TEXT);
    }
    if (line.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    DropReason known = lines.get(line);
    if (known != null) {
      return Optional.of(known);
    }
    for (Group group : groups) {
      if (group.matches(line)) {
        return Optional.of(group.reason());
      }
    }
    return Optional.empty();
  }

  /** Identifies the file of the lines. */
  public static String fingerprint() {
    return Resources.fingerprint(SystemLines.class, List.of(FILE));
  }

  /** The groups of the file; the tests read the examples from them. */
  static List<? extends Config> groups() {
    try (InputStream in = SystemLines.class.getResourceAsStream(FILE)) {
      return ConfigFactory.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .resolve()
          .getConfigList("groups");
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + FILE, e);
    }
  }

  static DropReason reason(Config group) {
    return DropReason.valueOf(group.getString("reason").toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
