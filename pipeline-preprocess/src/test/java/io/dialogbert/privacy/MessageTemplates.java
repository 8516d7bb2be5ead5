package io.dialogbert.privacy;

import io.dialogbert.privacy.LabeledText.Label;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Made-up messages with personal data, and messages that only resemble it, from the templates of
 * one language. The file {@code messages-LANG.txt} describes the template format. The templates
 * follow how people write, not the rules that they measure.
 */
final class MessageTemplates {
  private static final Pattern HEADER = Pattern.compile("\\[([a-z]+) ([A-Za-z_]+)( hard)?]");
  private static final Pattern RANGE = Pattern.compile("([0-9]+)-([0-9]+)");
  private static final Pattern KIND = Pattern.compile("([A-Z_]{2,})(?::(.*))?", Pattern.DOTALL);
  private static final Pattern FUNCTION = Pattern.compile("([a-z]+):(.*)", Pattern.DOTALL);
  private static final int MIN_SPLIT = 10;
  private static final String ENDS_IN_CONSONANT = "013678";

  private final String lang;
  private final Map<String, List<String>> sections = new LinkedHashMap<>();

  MessageTemplates(String lang) {
    this(lang, "messages-" + lang + ".txt", Map.of());
  }

  /** The templates and words of a part of the bench. */
  static MessageTemplates of(String lang, BenchPart part) {
    if (part == BenchPart.HELD_OUT_AUTHOR) {
      return new MessageTemplates(lang, "messages-" + lang + "-2.txt", Map.of());
    }
    MessageTemplates templates = new MessageTemplates(lang);
    templates.sections.replaceAll((name, entries) -> ofPart(name, entries, part));
    templates.sections.values().removeIf(List::isEmpty);
    return templates;
  }

  /** Short lists of words, and the forms of numbers, are the same in all parts. */
  private static List<String> ofPart(String section, List<String> entries, BenchPart part) {
    List<String> kept = entries.stream().filter(entry -> BenchPart.of(entry) == part).toList();
    boolean isText = section.startsWith("texts ") || section.startsWith("negatives ");
    boolean isLongList = section.startsWith("words ") && entries.size() >= MIN_SPLIT;
    return isText || (isLongList && !kept.isEmpty()) ? kept : entries;
  }

  /**
   * The templates of a file.
   *
   * @param given words that the file does not list, by what stands for them
   */
  MessageTemplates(String lang, String file, Map<String, List<String>> given) {
    this.lang = lang;
    given.forEach((name, words) -> sections.put("words " + name, words));
    String section = "";
    for (String line : read(file)) {
      Matcher header = HEADER.matcher(line);
      if (header.matches()) {
        section = line.substring(1, line.length() - 1);
        sections.put(section, new ArrayList<>());
      } else if (!line.isBlank() && !line.startsWith("# ")) {
        List<String> entries = sections.get(section);
        if (section.startsWith("words ")) {
          entries.addAll(Arrays.asList(line.split(" \\| ", -1)));
        } else {
          entries.add(line);
        }
      }
    }
  }

  private static List<String> read(String name) {
    try (InputStream in = MessageTemplates.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kinds with texts, in the order of the file. */
  List<String> kinds() {
    return sections.keySet().stream()
        .filter(section -> section.startsWith("texts "))
        .map(section -> section.split(" ", -1)[1])
        .distinct()
        .toList();
  }

  /** How many entries a section has. */
  int size(String section) {
    return section(section).size();
  }

  /** Messages with personal data of a kind; templates take turns. */
  List<LabeledText> positives(String kind, int number, long seed) {
    List<String> templates = new ArrayList<>(sections.getOrDefault("texts " + kind, List.of()));
    int numPlain = templates.size();
    templates.addAll(sections.getOrDefault("texts " + kind + " hard", List.of()));
    SplittableRandom random = new SplittableRandom(seed + kind.hashCode());
    List<LabeledText> texts = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      int template = i % templates.size();
      texts.add(new Expansion(random, template >= numPlain).expand(templates.get(template)));
    }
    return texts;
  }

  /** Messages without personal data that resemble those of a kind; templates take turns. */
  List<LabeledText> negatives(String kind, int number, long seed) {
    List<String> templates = sections.getOrDefault("negatives " + kind, List.of());
    SplittableRandom random = new SplittableRandom(seed - kind.hashCode());
    List<LabeledText> texts = new ArrayList<>();
    for (int i = 0; i < number && !templates.isEmpty(); i++) {
      texts.add(new Expansion(random, false).expand(templates.get(i % templates.size())));
    }
    return texts;
  }

  private List<String> section(String name) {
    List<String> entries = sections.get(name);
    if (entries == null) {
      throw new IllegalArgumentException("no section [" + name + "] for " + lang);
    }
    return entries;
  }

  /** One message under construction. */
  private final class Expansion {
    private final SplittableRandom random;
    private final boolean hard;
    private final StringBuilder out = new StringBuilder();
    private final List<Label> labels = new ArrayList<>();

    Expansion(SplittableRandom random, boolean hard) {
      this.random = random;
      this.hard = hard;
    }

    LabeledText expand(String template) {
      append(template);
      return new LabeledText(lang, out.toString(), labels);
    }

    private void append(String template) {
      for (int i = 0; i < template.length(); i++) {
        char c = template.charAt(i);
        if (c == '{') {
          int end = closing(template, i);
          fill(template.substring(i + 1, end));
          i = end;
        } else if (c == '\\') {
          i++;
          out.append(template.charAt(i) == 'n' ? '\n' : template.charAt(i));
        } else {
          out.append(c == '#' ? (char) ('0' + random.nextInt(10)) : c);
        }
      }
    }

    private void fill(String slot) {
      Matcher range = RANGE.matcher(slot);
      Matcher kind = KIND.matcher(slot);
      Matcher function = FUNCTION.matcher(slot);
      List<String> choices = alternatives(slot);
      if (range.matches()) {
        appendNumber(range.group(1), Integer.parseInt(range.group(2)));
      } else if (kind.matches()) {
        int start = out.length();
        append(kind.group(2) == null ? one(section("forms " + kind.group(1))) : kind.group(2));
        labels.add(new Label(kind.group(1), start, out.length(), hard));
      } else if (choices.size() > 1) {
        append(one(choices));
      } else if (function.matches()) {
        int start = out.length();
        append(function.group(2));
        String plain = out.substring(start);
        out.setLength(start);
        out.append(apply(function.group(1), plain));
      } else if (slot.indexOf('/') >= 0) {
        appendParticle(slot);
      } else {
        append(one(section("words " + slot)));
      }
    }

    /** If the first bound starts with a zero, the number has the same width. */
    private void appendNumber(String from, int to) {
      int number = random.nextInt(Integer.parseInt(from), to + 1);
      String digits = Integer.toString(number);
      int width = from.startsWith("0") ? from.length() : 1;
      out.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
    }

    /** Appends the first form after a final consonant, else the second. */
    private void appendParticle(String forms) {
      char before = out.charAt(out.length() - 1);
      boolean closed =
          (before >= '가' && before <= '힣')
              ? (before - '가') % 28 != 0
              : ENDS_IN_CONSONANT.indexOf(before) >= 0;
      int slash = forms.indexOf('/');
      out.append(closed ? forms.substring(0, slash) : forms.substring(slash + 1));
    }

    private String one(List<String> entries) {
      return entries.get(random.nextInt(entries.size()));
    }

    private String apply(String function, String text) {
      return switch (function) {
        case "wide" -> widen(text);
        case "upper" -> text.toUpperCase(Locale.ROOT);
        case "hangul" -> spell(text, random.nextBoolean() ? "공일이삼사오육칠팔구" : "영일이삼사오육칠팔구");
        case "kanji" -> spell(text, random.nextBoolean() ? "〇一二三四五六七八九" : "零一二三四五六七八九");
        default -> CheckedNumber.valueOf(function.toUpperCase(Locale.ROOT)).fill(text);
      };
    }
  }

  /** The index where the brace at {@code open} closes. */
  private static int closing(String template, int open) {
    int depth = 0;
    for (int i = open; i < template.length(); i++) {
      depth += template.charAt(i) == '{' ? 1 : template.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("a brace does not close: " + template);
  }

  /** The parts between bars that are not inside inner braces. */
  private static List<String> alternatives(String slot) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < slot.length(); i++) {
      char c = slot.charAt(i);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (c == '|' && depth == 0) {
        parts.add(slot.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(slot.substring(start));
    return Collections.unmodifiableList(parts);
  }

  private static String widen(String text) {
    return text.chars()
        .map(c -> c > ' ' && c < 0x7F ? c - '!' + '\uFF01' : c)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String spell(String text, String digits) {
    return text.chars()
        .mapToObj(
            c ->
                Character.isDigit(c)
                    ? digits.substring(c - '0', c - '0' + 1)
                    : Character.toString(c))
        .collect(Collectors.joining());
  }
}
