package io.dialogbert.job.ingest.export;

import io.dialogbert.job.ingest.read.LineFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The senders' names in a LINE export with space-separated columns. Names may contain spaces too. A
 * name is the first word plus the words that follow it in every line that begins with it, or what a
 * notice repeats after the name ({@code 山田 太郎 山田 太郎がグループに参加しました。}).
 */
public final class LineSenders {
  /** Number of lines at the beginning of a file that are searched for names. */
  private static final int MAX_LINES = 10_000;

  private static final int MAX_WORDS = 4;

  /** Number of lines that must begin with the same words for these to be a name. */
  private static final int MIN_LINES = 3;

  private static final Pattern OF_NOTICE =
      Pattern.compile("(?<who>\\S.{0,59}?) \\k<who>(?:が|を|님이|님을| ).*");

  /** Longest first. */
  private final List<String> names;

  private LineSenders(Set<String> names) {
    this.names = names.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }

  /** The names in a file; empty if tabs separate its columns, or no line looks like a message. */
  public static Optional<LineSenders> of(LineFile lines) throws IOException {
    List<String> behindTimes = new ArrayList<>();
    for (int i = 0; i < MAX_LINES && lines.next(); i++) {
      String line = lines.lenientText();
      if (LineMessengerLines.isTabSeparated(line)) {
        return Optional.empty();
      }
      LineMessengerLines.afterTime(line).ifPresent(behindTimes::add);
    }
    return behindTimes.isEmpty() ? Optional.empty() : Optional.of(of(behindTimes));
  }

  /** Finds the names in the texts after the times of a file's lines. */
  static LineSenders of(List<String> behindTimes) {
    Set<String> names = new TreeSet<>();
    Map<String, List<List<String>>> byFirstWord = new LinkedHashMap<>();
    for (String rest : behindTimes) {
      Matcher notice = OF_NOTICE.matcher(rest);
      if (notice.matches()) {
        names.add(notice.group("who"));
      } else {
        List<String> words = List.of(rest.split(" ", MAX_WORDS + 2));
        byFirstWord.computeIfAbsent(words.get(0), unused -> new ArrayList<>()).add(words);
      }
    }
    byFirstWord.values().forEach(lines -> names.add(commonWords(lines)));
    return new LineSenders(names);
  }

  private static String commonWords(List<List<String>> lines) {
    int words = 1;
    if (lines.size() >= MIN_LINES) {
      while (words < MAX_WORDS && allHave(lines, words)) {
        words++;
      }
    }
    return String.join(" ", lines.get(0).subList(0, words));
  }

  /** Whether all lines have the same word at a position, and a further word after it. */
  private static boolean allHave(List<List<String>> lines, int place) {
    return lines.stream()
        .allMatch(
            words -> words.size() > place + 1 && words.get(place).equals(lines.get(0).get(place)));
  }

  /** The name at the beginning of the text after a time: a known name, or the first word. */
  String senderOf(String behindTime) {
    for (String name : names) {
      if (behindTime.startsWith(name)
          && (behindTime.length() == name.length() || behindTime.charAt(name.length()) == ' ')) {
        return name;
      }
    }
    int end = behindTime.indexOf(' ');
    return end < 0 ? behindTime : behindTime.substring(0, end);
  }
}
