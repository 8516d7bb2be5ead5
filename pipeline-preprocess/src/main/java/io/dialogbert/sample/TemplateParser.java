package io.dialogbert.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the template notation, described in {@code grammar.md} beside the grammar files. */
final class TemplateParser {
  private static final Pattern RANGE = Pattern.compile("#(\\d+)-(\\d+)");

  private final String text;
  private int at;

  private TemplateParser(String text) {
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException if a bracket is not closed or a slot is malformed
   */
  static Template parse(String text) {
    TemplateParser parser = new TemplateParser(text);
    Template parsed = parser.sequence("");
    if (parser.at < text.length()) {
      throw new IllegalArgumentException(
          "'" + text.charAt(parser.at) + "' without its opening bracket");
    }
    return parsed;
  }

  /** As {@link #parse}, but also allows alternatives outside all brackets. */
  static Template parseAlternatives(String text) {
    List<Template> options = splitTopLevel(text, "|").stream().map(TemplateParser::parse).toList();
    return options.size() == 1 ? options.get(0) : new Template.Choice(options);
  }

  /** Splits at a separator outside all brackets. */
  static List<String> splitTopLevel(String text, String separator) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{' || c == '<') {
        depth++;
      } else if (c == '}' || c == '>') {
        depth--;
      } else if (depth == 0 && text.startsWith(separator, i)) {
        parts.add(text.substring(start, i).strip());
        start = i + separator.length();
      }
    }
    parts.add(text.substring(start).strip());
    return parts;
  }

  private Template sequence(String stops) {
    List<Template> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    while (at < text.length() && (stops + "}>").indexOf(text.charAt(at)) < 0) {
      char c = text.charAt(at);
      if (c == '{' || c == '<') {
        flush(literal, parts);
        parts.add(c == '{' ? braces() : registers());
      } else {
        literal.append(c);
        at++;
      }
    }
    flush(literal, parts);
    return parts.size() == 1 ? parts.get(0) : new Template.Sequence(List.copyOf(parts));
  }

  private static void flush(StringBuilder literal, List<Template> parts) {
    if (literal.length() > 0) {
      parts.add(new Template.Text(literal.toString()));
      literal.setLength(0);
    }
  }

  private Template registers() {
    List<Template> options = options('>');
    if (options.size() != 2) {
      throw new IllegalArgumentException(
          "<...> has " + options.size() + " parts, must have a casual and a polite one");
    }
    return new Template.ByRegister(options.get(0), options.get(1));
  }

  private Template braces() {
    int close = text.indexOf('}', at);
    String inside = close < 0 ? "" : text.substring(at + 1, close);
    if (inside.isEmpty() || inside.matches("(?s).*[|{<].*")) {
      return new Template.Choice(options('}'));
    }
    at = close + 1;
    return slot(inside);
  }

  private List<Template> options(char closing) {
    List<Template> options = new ArrayList<>();
    do {
      at++;
      options.add(sequence("|"));
    } while (at < text.length() && text.charAt(at) == '|');
    if (at >= text.length() || text.charAt(at) != closing) {
      throw new IllegalArgumentException("a bracket is not closed by '" + closing + "'");
    }
    at++;
    return List.copyOf(options);
  }

  private static Template slot(String inside) {
    Matcher range = RANGE.matcher(inside);
    if (range.matches()) {
      return new Template.NumberIn(
          Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)));
    }
    if (inside.startsWith("!")) {
      return new Template.Plant(inside.substring(1));
    }
    if (inside.startsWith("%")) {
      String what = inside.substring(1);
      return Character.isDigit(what.charAt(0))
          ? new Template.Digits(Integer.parseInt(what))
          : new Template.Check(CheckDigit.valueOf(what.toUpperCase(Locale.ROOT)));
    }
    if (inside.matches("[ABC]")) {
      return new Template.RoleName(Role.valueOf(inside));
    }
    Optional<Josa> josa = Josa.named(inside);
    if (josa.isPresent()) {
      return new Template.Particle(josa.get());
    }
    int colon = inside.indexOf(':');
    return colon < 0
        ? new Template.Slot(inside)
        : new Template.BoundSlot(inside.substring(0, colon), inside.substring(colon + 1));
  }
}
