package io.dialogbert.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that a language's chats are made of. Immutable and checked: every name used in a
 * template or a script exists.
 */
final class Grammar {
  static final String REACTION_PREFIX = "r.";
  static final String NOTHING = ".";

  private final Map<String, WordList> lists;
  private final Map<String, WordList> patterns;
  private final Map<String, Script> scripts;
  private final List<Script.Entry> entries;
  private final List<Style> styles;
  private final List<Style.Rule> typos;

  Grammar(
      Map<String, WordList> lists,
      Map<String, WordList> patterns,
      Map<String, Script> scripts,
      List<Script.Entry> entries,
      List<Style> styles,
      List<Style.Rule> typos) {
    this.lists = Map.copyOf(lists);
    this.patterns = Map.copyOf(patterns);
    this.scripts = Map.copyOf(scripts);
    this.entries = List.copyOf(entries);
    this.styles = List.copyOf(styles);
    this.typos = List.copyOf(typos);
    TreeSet<String> problems = new TreeSet<>();
    lists.forEach((name, list) -> list.entries().forEach(t -> check(t, "@" + name, problems)));
    patterns.forEach((name, list) -> list.entries().forEach(t -> check(t, "!" + name, problems)));
    scripts.values().forEach(script -> check(script, problems));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("grammar: " + String.join("; ", problems));
    }
  }

  WordList list(String name) {
    return lists.get(name);
  }

  WordList pattern(String kind) {
    return patterns.get(kind);
  }

  Script script(String name) {
    return scripts.get(name);
  }

  List<Script.Entry> entries() {
    return entries;
  }

  List<Style> styles() {
    return styles;
  }

  List<Style.Rule> typos() {
    return typos;
  }

  /** Names of all word lists. */
  List<String> listNames() {
    return lists.keySet().stream().sorted().toList();
  }

  /** Names of all patterns of personal data. */
  List<String> patternNames() {
    return patterns.keySet().stream().sorted().toList();
  }

  /** Names of all scripts. */
  List<String> scriptNames() {
    return scripts.keySet().stream().sorted().toList();
  }

  private void check(Script script, Set<String> problems) {
    String where = "=" + script.name();
    for (Script.Step step : script.steps()) {
      if (step instanceof Script.Say say) {
        say.messages().forEach(template -> check(template, where, problems));
        say.reaction()
            .map(kind -> REACTION_PREFIX + kind)
            .filter(name -> !lists.containsKey(name))
            .ifPresent(name -> problems.add(where + " asks for the unknown list " + name));
      } else if (step instanceof Script.Continue next) {
        for (String target : next.targets()) {
          if (!target.equals(NOTHING) && !scripts.containsKey(target)) {
            problems.add(where + " goes on with the unknown script " + target);
          }
        }
      }
    }
  }

  private void check(Template template, String where, Set<String> problems) {
    List<Template> inner = new ArrayList<>();
    if (template instanceof Template.Sequence sequence) {
      inner.addAll(sequence.parts());
    } else if (template instanceof Template.Choice choice) {
      inner.addAll(choice.options());
    } else if (template instanceof Template.ByRegister register) {
      inner.add(register.casual());
      inner.add(register.polite());
    } else if (template instanceof Template.Slot slot && !lists.containsKey(slot.list())) {
      problems.add(where + " asks for the unknown list " + slot.list());
    } else if (template instanceof Template.BoundSlot slot && !lists.containsKey(slot.list())) {
      problems.add(where + " asks for the unknown list " + slot.list());
    } else if (template instanceof Template.Plant plant && !patterns.containsKey(plant.kind())) {
      problems.add(where + " asks for the unknown pattern " + plant.kind());
    }
    inner.forEach(part -> check(part, where, problems));
  }
}
