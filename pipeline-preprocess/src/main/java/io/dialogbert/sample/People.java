package io.dialogbert.sample;

import io.dialogbert.common.Seeds;
import java.util.List;
import java.util.SplittableRandom;

/** The users of a messenger. Each writes in the same manner in all conversations. */
final class People {
  private static final long MIN_PEOPLE = 40;
  private static final long MESSAGES_PER_PERSON = 200;
  private static final double[] SPACE_DROP_PROBS = {0, 0, 0, 0.02, 0.05, 0.1, 0.25, 0.6};

  private final Grammar grammar;
  private final Language language;
  private final long seed;
  private final long numPeople;

  People(Grammar grammar, Language language, SampleConfig config) {
    this.grammar = grammar;
    this.language = language;
    this.seed = config.seed();
    this.numPeople = Math.max(MIN_PEOPLE, config.numMessages() / MESSAGES_PER_PERSON);
  }

  /** A random user of the messenger, with the conversation's register. */
  Person draw(SplittableRandom random, boolean polite) {
    long number = random.nextLong(numPeople);
    SplittableRandom own = Seeds.of(seed, "person", language.code(), number);
    String id = "u" + Long.toHexString(own.nextLong() >>> 16);
    StringBuilder name = new StringBuilder();
    Scene nobody = new Scene(grammar, own, List.of(new Person(id, "", false, "", 0, 0, 0, 0)));
    grammar.list("given_name").draw(own).render(nobody, name);
    return new Person(
        id,
        name.toString(),
        polite,
        style(own),
        0.1 * own.nextDouble() * own.nextDouble(),
        SPACE_DROP_PROBS[own.nextInt(SPACE_DROP_PROBS.length)],
        own.nextInt(3) == 0 ? 0.15 * own.nextDouble() : 0,
        own.nextDouble());
  }

  private String style(SplittableRandom own) {
    double at = own.nextDouble();
    for (Style style : grammar.styles()) {
      at -= style.prob();
      if (at < 0) {
        return style.name();
      }
    }
    return "";
  }
}
