package io.dialogbert.dialogue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.dialogbert.common.Resources;
import io.dialogbert.privacy.HintIndex;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Recognizes what a messenger writes in place of a message: a join, a photo, a sticker, a deleted
 * message. The wordings are data, in {@code system-lines.conf}. Normalize texts first. Immutable
 * and shared by threads.
 */
public final class SystemLines {
  /** The messengers, and the languages of their menus, whose wordings are known. */
  static final List<String> MESSENGERS = List.of("kakaotalk", "line");

  static final List<String> LANGUAGES = List.of("ko", "ja", "en");

  private static final String FILE = "system-lines.conf";

  /** A list of names or a legal warning may be this long; a longer text is a user's message. */
  private static final int MAX_LENGTH = 4_000;

  /** Shorter names are part of too many words to be evidence within a text. */
  private static final int MIN_NAME_WITHIN = 2;

  private final Map<String, DropReason> lines = new HashMap<>();
  private final Patterns anybodys;
  private final Patterns notices;
  private final Patterns probableNotices;
  private final Patterns headers;

  /** What an export's line without a sender is. */
  public enum Notice {
    /** Not a known notice of the messenger. */
    NONE,
    /** Looks like a notice, but in unknown words. */
    PROBABLE,
    /** A notice in known words. */
    KNOWN
  }

  /** Patterns of one reason, tried only if a text has one of the hints. */
  private record Group(DropReason reason, List<String> hints, List<Pattern> patterns) {
    static Group of(DropReason reason, Config config, String key) {
      return new Group(
          reason,
          strings(config, "hints"),
          strings(config, key).stream().map(Pattern::compile).toList());
    }
  }

  /** Groups; the index refers to them by list position. */
  private record Patterns(List<Group> groups, HintIndex index) {
    static Patterns of(Stream<Group> groups) {
      List<Group> list = groups.filter(group -> !group.patterns.isEmpty()).toList();
      return new Patterns(list, new HintIndex(list.stream().map(Group::hints).toList()));
    }

    Optional<DropReason> find(String line) {
      HintIndex.Hits hits = index.find(line);
      if (hits != null) {
        BitSet hinted = hits.rules();
        for (int i = hinted.nextSetBit(0); i >= 0; i = hinted.nextSetBit(i + 1)) {
          if (groups.get(i).patterns.stream().anyMatch(p -> p.matcher(line).matches())) {
            return Optional.of(groups.get(i).reason);
          }
        }
      }
      return Optional.empty();
    }
  }

  /** The lines of KakaoTalk and LINE with Korean, Japanese and English menus. */
  public SystemLines() {
    Config file = file();
    List<Cell> cells = cells(file);
    for (Cell cell : cells) {
      cell.strings("lines").forEach(line -> lines.put(line, cell.reason));
    }
    anybodys = Patterns.of(cells.stream().map(c -> Group.of(c.reason, c.config, "patterns")));
    notices = Patterns.of(cells.stream().map(c -> Group.of(c.reason, c.config, "notices")));
    probableNotices = Patterns.of(noticesIn(file.getConfigList("like")));
    headers = Patterns.of(noticesIn(List.of(file.getConfig("headers"))));
  }

  private static Stream<Group> noticesIn(List<? extends Config> configs) {
    return configs.stream().map(c -> Group.of(DropReason.SYSTEM_LINE, c, "patterns"));
  }

  /** Why {@code text} is not a message, whoever sent it; empty if it is one. */
  public Optional<DropReason> reasonToDrop(String text) {
    String line = text.strip();
    if (line.isEmpty()) {
      return Optional.of(DropReason.EMPTY_TEXT);
    }
    if (line.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    DropReason known = lines.get(line);
    return known != null ? Optional.of(known) : anybodys.find(line);
  }

  /** Identifies the file of wordings. */
  public static String fingerprint() {
    return Resources.fingerprint(SystemLines.class, List.of(FILE));
  }

  /**
   * Why a text under somebody's name is not a message. Some exports put the messenger's notices
   * under the name of the person concerned. The text then contains that name. Text that only looks
   * like a notice must start with it.
   *
   * @param sender the displayed name
   */
  public Optional<DropReason> reasonToDrop(String text, String sender) {
    Optional<DropReason> reason = reasonToDrop(text);
    String name = sender.strip();
    if (reason.isPresent() || name.isEmpty() || !text.contains(name)) {
      return reason;
    }
    Notice notice = notice(text);
    boolean own =
        notice == Notice.KNOWN
            ? text.strip().startsWith(name) || name.length() >= MIN_NAME_WITHIN
            : notice == Notice.PROBABLE && text.strip().startsWith(name);
    return own ? Optional.of(DropReason.SYSTEM_LINE) : reason;
  }

  /** What a line without a sender in an export is. */
  public Notice notice(String text) {
    String line = text.strip();
    if (line.isEmpty() || line.length() > MAX_LENGTH) {
      return Notice.NONE;
    }
    // The word for a photo may also be a line of a user's message; a real photo has a sender.
    boolean known =
        reasonToDrop(line)
                .filter(r -> r == DropReason.SYSTEM_LINE || r == DropReason.DELETED)
                .isPresent()
            || notices.find(line).isPresent();
    if (known) {
      return Notice.KNOWN;
    }
    return probableNotices.find(line).isPresent() ? Notice.PROBABLE : Notice.NONE;
  }

  /** Whether a line belongs to an export's header: the name of the room, the day of saving. */
  public boolean isHeader(String text) {
    String line = text.strip();
    return line.length() <= MAX_LENGTH && headers.find(line).isPresent();
  }

  /** What is known about one kind of event, in one language of a messenger. */
  record Cell(String messenger, String language, String kind, DropReason reason, Config config) {
    List<String> strings(String key) {
      return SystemLines.strings(config, key);
    }
  }

  /** All cells of the file; the tests read the examples from them. */
  static List<Cell> cells(Config file) {
    List<Cell> cells = new ArrayList<>();
    for (String messenger : MESSENGERS) {
      for (String language : LANGUAGES) {
        Config kinds = file.getConfig(messenger + "." + language);
        for (String kind : kinds.root().keySet().stream().sorted().toList()) {
          cells.add(new Cell(messenger, language, kind, reason(file, kind), kinds.getConfig(kind)));
        }
      }
    }
    return cells;
  }

  static Config file() {
    try (InputStream in = SystemLines.class.getResourceAsStream(FILE)) {
      return ConfigFactory.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8)).resolve();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + FILE, e);
    }
  }

  private static DropReason reason(Config file, String kind) {
    String label = file.getString("reasons." + kind);
    return DropReason.valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static List<String> strings(Config config, String key) {
    return config.hasPath(key) ? config.getStringList(key) : List.of();
  }
}
