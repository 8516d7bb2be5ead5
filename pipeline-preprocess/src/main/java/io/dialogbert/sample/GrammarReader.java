package io.dialogbert.sample;

import io.dialogbert.common.Resources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the grammar files of a language. {@code grammar.md} describes their notation. */
final class GrammarReader {
  private static final List<String> FILES = List.of("words", "scripts");
  private static final Pattern SAY =
      Pattern.compile("(\\+?)([ABCS])(!?)([0-9.]*):\\s*(.*?)(?:\\s=>\\s*(\\S+))?");
  private static final Map<String, Double> EXPONENTS = Map.of("flat", 0.0, "zipf", 1.2);
  private static final double DEFAULT_EXPONENT = 0.5;

  private final Map<String, WordList> lists = new LinkedHashMap<>();
  private final Map<String, WordList> patterns = new LinkedHashMap<>();
  private final Map<String, Script> scripts = new LinkedHashMap<>();
  private final List<Script.Entry> entries = new ArrayList<>();
  private final List<Style> styles = new ArrayList<>();
  private final List<Style.Rule> typos = new ArrayList<>();

  private GrammarReader() {}

  /** Reads the grammar of a language from the class path. */
  static Grammar read(Language language) {
    List<String> lines = new ArrayList<>();
    for (String file : FILES) {
      lines.addAll(resourceLines(name(language, file)));
    }
    return parse(lines);
  }

  /**
   * @throws IllegalArgumentException if a line cannot be read or a name is unknown; names the line
   */
  static Grammar parse(List<String> lines) {
    GrammarReader reader = new GrammarReader();
    String head = "";
    List<String> body = new ArrayList<>();
    for (String line : lines) {
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      if ("@!%~=".indexOf(text.charAt(0)) >= 0) {
        reader.section(head, body);
        head = text;
        body = new ArrayList<>();
      } else {
        body.add(text);
      }
    }
    reader.section(head, body);
    return new Grammar(
        reader.lists, reader.patterns, reader.scripts, reader.entries, reader.styles, reader.typos);
  }

  /** Identifies the grammars of all languages. */
  static String fingerprint() {
    List<String> names = new ArrayList<>();
    for (Language language : Language.values()) {
      FILES.forEach(file -> names.add(name(language, file)));
    }
    return Resources.fingerprint(GrammarReader.class, names);
  }

  private static String name(Language language, String file) {
    return language.code() + "-" + file + ".txt";
  }

  private static List<String> resourceLines(String name) {
    try (InputStream in = GrammarReader.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("class path lacks the grammar file " + name);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("grammar file " + name, e);
    }
  }

  private void section(String head, List<String> body) {
    if (head.isEmpty() && body.isEmpty()) {
      return;
    }
    List<String> words = head.isEmpty() ? List.of() : List.of(head.substring(1).split("\\s+"));
    try {
      if (words.isEmpty()) {
        throw new IllegalArgumentException("text before the first section");
      }
      if (body.isEmpty()) {
        throw new IllegalArgumentException("empty section");
      }
      switch (head.charAt(0)) {
        case '@' -> put(lists, words.get(0), wordList(words, body));
        case '!' -> put(patterns, words.get(0), wordList(words, body));
        case '%' -> styles.add(style(words, body));
        case '~' -> typos.addAll(rules(body));
        default -> script(words, body);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("grammar section " + head + ": " + e.getMessage(), e);
    }
  }

  private static <T> void put(Map<String, T> map, String name, T value) {
    if (map.put(name, value) != null) {
      throw new IllegalArgumentException("defined twice");
    }
  }

  private static WordList wordList(List<String> head, List<String> body) {
    List<Template> templates =
        TemplateParser.splitTopLevel(String.join(" | ", body), "|").stream()
            .map(TemplateParser::parse)
            .toList();
    double exponent =
        head.size() > 1
            ? Optional.ofNullable(EXPONENTS.get(head.get(1)))
                .orElseThrow(() -> new IllegalArgumentException("unknown mark " + head.get(1)))
            : DEFAULT_EXPONENT;
    return new WordList(templates, exponent);
  }

  private static Style style(List<String> head, List<String> body) {
    return new Style(
        head.get(0), Double.parseDouble(head.get(1)), Double.parseDouble(head.get(2)), rules(body));
  }

  private static List<Style.Rule> rules(List<String> body) {
    List<Style.Rule> rules = new ArrayList<>();
    for (String line : body) {
      String[] sides = line.split(">", -1);
      if (sides.length != 2) {
        throw new IllegalArgumentException("a rule is not of the form 'from > to | to'");
      }
      rules.add(
          new Style.Rule(sides[0].strip(), TemplateParser.splitTopLevel(sides[1].strip(), "|")));
    }
    return rules;
  }

  private void script(List<String> head, List<String> body) {
    Script script = new Script(head.get(0), body.stream().map(GrammarReader::step).toList());
    put(scripts, script.name(), script);
    if (head.size() == 1) {
      return;
    }
    Script.Place place = Script.Place.TOPIC;
    Script.Fits fits = Script.Fits.ALL;
    for (String mark : head.subList(2, head.size())) {
      String constant = mark.toUpperCase(Locale.ROOT);
      if (List.of("OPEN", "ASIDE", "CLOSE").contains(constant)) {
        place = Script.Place.valueOf(constant);
      } else {
        fits = Script.Fits.valueOf(constant);
      }
    }
    entries.add(new Script.Entry(script, Double.parseDouble(head.get(1)), place, fits));
  }

  private static Script.Step step(String line) {
    if (line.startsWith("->")) {
      return next(line.substring(2));
    }
    Matcher say = SAY.matcher(line);
    if (!say.matches()) {
      throw new IllegalArgumentException("a line begins neither with a role nor with ->");
    }
    boolean system = say.group(2).equals("S");
    return new Script.Say(
        !say.group(1).isEmpty(),
        system ? Optional.empty() : Optional.of(Role.valueOf(say.group(2))),
        system || !say.group(3).isEmpty(),
        say.group(4).isEmpty() ? 1 : Double.parseDouble(say.group(4)),
        TemplateParser.splitTopLevel(say.group(5), "//").stream()
            .map(TemplateParser::parseAlternatives)
            .toList(),
        Optional.ofNullable(say.group(6)));
  }

  private static Script.Continue next(String alternatives) {
    List<String> targets = new ArrayList<>();
    List<Double> sums = new ArrayList<>();
    double sum = 0;
    for (String alternative : alternatives.split("\\|")) {
      String[] parts = alternative.strip().split("\\*");
      sum += parts.length > 1 ? Double.parseDouble(parts[1]) : 1;
      targets.add(parts[0].strip());
      sums.add(sum);
    }
    return new Script.Continue(List.copyOf(targets), List.copyOf(sums));
  }
}
