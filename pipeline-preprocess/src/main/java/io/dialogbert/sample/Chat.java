package io.dialogbert.sample;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** One conversation, written session by session. */
final class Chat {
  private static final String SYSTEM_SENDER = "system";
  private static final double JOINED_BURST_PROB = 0.25;
  private static final double REACTION_PROB = 0.85;
  private static final double GROUP_REACTION_PROB = 0.45;

  private final Grammar grammar;
  private final Noise noise;
  private final Language language;
  private final String conversationId;
  private final List<Person> members;
  private final SplittableRandom random;
  private final ChatClock clock;
  private final LongSupplier messageIds;
  private List<SampleMessage> session = new ArrayList<>();

  Chat(
      Grammar grammar,
      Language language,
      String conversationId,
      List<Person> members,
      SplittableRandom random,
      LongSupplier messageIds) {
    this.grammar = grammar;
    this.noise = new Noise(grammar);
    this.language = language;
    this.conversationId = conversationId;
    this.members = new ArrayList<>(members);
    this.random = random;
    this.clock = new ChatClock(random);
    this.messageIds = messageIds;
  }

  /** How the members joined a group. */
  List<SampleMessage> joining() {
    session = new ArrayList<>();
    for (Person member : members) {
      Scene scene = new Scene(grammar, random, List.of(member));
      write(scene, SYSTEM_SENDER, scene.render(grammar.list("system.join").draw(random), member));
    }
    return session;
  }

  /** The messages of one session, at least one. */
  List<SampleMessage> nextSession() {
    session = new ArrayList<>();
    clock.nextSession();
    do {
      if (random.nextDouble() < 0.55) {
        play(Script.Place.OPEN, Set.of());
      }
      Set<String> told = new HashSet<>();
      do {
        play(Script.Place.TOPIC, told).ifPresent(told::add);
        if (random.nextDouble() < 0.12) {
          play(Script.Place.ASIDE, told);
        }
      } while (told.size() < 7 && random.nextDouble() < 0.55);
      if (random.nextDouble() < 0.35) {
        play(Script.Place.CLOSE, Set.of());
      }
    } while (session.isEmpty());
    return session;
  }

  /** A message from outside the conversation, the same as in other conversations. */
  SampleMessage broadcast(String senderId, String text, List<Scene.PlantedValue> planted) {
    return new SampleMessage(
        conversationId,
        messageIds.getAsLong(),
        senderId,
        clock.afterPause(),
        language,
        text,
        planted);
  }

  private Optional<String> play(Script.Place place, Set<String> told) {
    Optional<Script> drawn = drawEntry(place, told);
    drawn.ifPresent(
        script -> {
          clock.afterPause();
          play(script, new Scene(grammar, random, cast()));
        });
    return drawn.map(Script::name);
  }

  private Optional<Script> drawEntry(Script.Place place, Set<String> told) {
    double sum = 0;
    Script chosen = null;
    for (Script.Entry entry : grammar.entries()) {
      if (entry.place() == place && fits(entry.fits()) && !told.contains(entry.script().name())) {
        sum += entry.weight();
        if (random.nextDouble() * sum < entry.weight()) {
          chosen = entry.script();
        }
      }
    }
    return Optional.ofNullable(chosen);
  }

  private boolean fits(Script.Fits fits) {
    return switch (fits) {
      case ALL -> true;
      case CASUAL -> members.stream().noneMatch(Person::polite);
      case POLITE -> members.stream().allMatch(Person::polite);
      case GROUP -> members.size() > 2;
    };
  }

  private List<Person> cast() {
    for (int i = members.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      Person moved = members.set(i, members.get(other));
      members.set(other, moved);
    }
    return members.subList(0, Math.min(members.size(), Role.values().length));
  }

  private void play(Script start, Scene scene) {
    boolean said = true;
    Deque<Script.Step> open = new ArrayDeque<>(start.steps());
    while (!open.isEmpty()) {
      Script.Step step = open.pop();
      if (step instanceof Script.Say say) {
        said = (said || !say.dependent()) && say(say, scene);
      } else if (step instanceof Script.Continue next) {
        String target = next.draw(random);
        if (!target.equals(Grammar.NOTHING)) {
          List<Script.Step> steps = grammar.script(target).steps();
          for (int i = steps.size() - 1; i >= 0; i--) {
            open.push(steps.get(i));
          }
        }
      }
    }
  }

  /** Says a line; returns whether it was said. */
  private boolean say(Script.Say say, Scene scene) {
    boolean absent = say.speaker().filter(role -> !scene.has(role)).isPresent();
    if (absent || random.nextDouble() >= say.prob()) {
      return false;
    }
    if (say.speaker().isEmpty()) {
      write(scene, SYSTEM_SENDER, scene.render(say.messages().get(0), scene.person(Role.A)));
      return true;
    }
    Role role = say.speaker().get();
    if (say.messages().size() > 1 && random.nextDouble() < JOINED_BURST_PROB) {
      utter(scene, role, new Template.Sequence(spaced(say.messages())), say.literal());
    } else {
      say.messages().forEach(message -> utter(scene, role, message, say.literal()));
    }
    say.reaction().ifPresent(kind -> react(scene, role, kind));
    return true;
  }

  private static List<Template> spaced(List<Template> messages) {
    List<Template> parts = new ArrayList<>();
    for (Template message : messages) {
      if (!parts.isEmpty()) {
        parts.add(new Template.Text(" "));
      }
      parts.add(message);
    }
    return parts;
  }

  private void react(Scene scene, Role to, String kind) {
    WordList reactions = grammar.list(Grammar.REACTION_PREFIX + kind);
    if (random.nextDouble() < REACTION_PROB) {
      utter(scene, to == Role.A ? Role.B : Role.A, reactions.draw(random), false);
    }
    if (scene.has(Role.C) && random.nextDouble() < GROUP_REACTION_PROB) {
      utter(scene, to == Role.C ? Role.B : Role.C, reactions.draw(random), false);
    }
  }

  private void utter(Scene scene, Role role, Template template, boolean literal) {
    Person person = scene.person(role);
    String text = scene.render(template, person).strip();
    if (!literal && scene.planted().isEmpty()) {
      text = noise.apply(text, person, random);
    }
    if (!text.isEmpty()) {
      write(scene, person.id(), text);
    }
  }

  private void write(Scene scene, String senderId, String text) {
    session.add(
        new SampleMessage(
            conversationId,
            messageIds.getAsLong(),
            senderId,
            clock.next(senderId, text.length()),
            language,
            text,
            scene.planted()));
  }
}
