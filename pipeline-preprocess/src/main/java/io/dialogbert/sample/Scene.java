package io.dialogbert.sample;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A script in progress: its cast, its named values, and its speaker. Mutable; belongs to one
 * conversation.
 */
final class Scene {
  /** Personal data of the line being rendered. */
  record PlantedValue(String kind, String value) {}

  private final Grammar grammar;
  private final SplittableRandom random;
  private final Map<Role, Person> cast = new EnumMap<>(Role.class);
  private final Map<String, String> bindings = new HashMap<>();
  private final List<PlantedValue> planted = new ArrayList<>();
  private Person speaker;

  /**
   * @param persons one to three persons for the roles, in order
   */
  Scene(Grammar grammar, SplittableRandom random, List<Person> persons) {
    this.grammar = grammar;
    this.random = random;
    Iterator<Person> next = persons.iterator();
    for (Role role : Role.values()) {
      if (next.hasNext()) {
        cast.put(role, next.next());
      }
    }
    this.speaker = persons.get(0);
  }

  Grammar grammar() {
    return grammar;
  }

  SplittableRandom random() {
    return random;
  }

  Map<String, String> bindings() {
    return bindings;
  }

  boolean has(Role role) {
    return cast.containsKey(role);
  }

  /** The person in a role. B takes over the role of a third person if there is none. */
  Person person(Role role) {
    return cast.containsKey(role) ? cast.get(role) : cast.getOrDefault(Role.B, speaker);
  }

  Person speaker() {
    return speaker;
  }

  void plant(String kind, String value) {
    planted.add(new PlantedValue(kind, value));
  }

  /**
   * Renders a line as this person writes it. Its planted values replace those of the previous line.
   */
  String render(Template template, Person newSpeaker) {
    speaker = newSpeaker;
    planted.clear();
    StringBuilder out = new StringBuilder();
    template.render(this, out);
    return out.toString();
  }

  /** Personal data in the last rendered text. */
  List<PlantedValue> planted() {
    return List.copyOf(planted);
  }
}
