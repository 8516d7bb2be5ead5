package io.dialogbert.reaction;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.dialogbert.reaction.CanonicalKey.Tense;
import io.dialogbert.text.morpheme.Lemma;
import io.dialogbert.text.morpheme.Lemmatizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds the content of a folded sentence, and what its endings say. */
final class Canonicalizer {
  /** What a morpheme does to the key. */
  private enum Role {
    CONTENT,
    CUT,
    QUESTION,
    QUESTION_CONTENT,
    NEGATION,
    NEGATION_CONTENT,
    PAST,
    FUTURE;

    static Role of(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    boolean isContent() {
      return this == CONTENT || this == QUESTION_CONTENT || this == NEGATION_CONTENT;
    }
  }

  /**
   * A line of the table.
   *
   * @param tags beginnings of parts of speech; any if empty
   * @param after beginning of the part of speech of the morpheme before
   */
  private record Rule(List<String> tags, List<String> forms, String after, Role role) {
    static Rule of(Config config) {
      return new Rule(
          config.getStringList("tags"),
          config.getStringList("forms"),
          config.hasPath("after") ? config.getString("after") : "",
          Role.of(config.getString("role")));
    }

    boolean fits(Lemma lemma, String form, String tagBefore) {
      return forms.contains(form)
          && tagBefore.startsWith(after)
          && (tags.isEmpty() || tags.stream().anyMatch(lemma.partOfSpeech()::startsWith));
    }
  }

  private final Lemmatizer lemmatizer;
  private final List<Rule> rules;
  private final Map<String, String> aliases = new HashMap<>();

  /** Contents of replies by the letters of the whole. */
  private final Map<String, String> wholes = new HashMap<>();

  Canonicalizer(Lemmatizer lemmatizer, Config config) {
    this.lemmatizer = lemmatizer;
    this.rules = config.getConfigList("morphemes").stream().map(Rule::of).toList();
    putSpellings(config.getConfig("aliases"), aliases);
    putSpellings(config.getConfig("wholes"), wholes);
  }

  private static void putSpellings(Config forms, Map<String, String> formOf) {
    for (String form : forms.root().keySet()) {
      for (String spelling : forms.getStringList(ConfigUtil.joinPath(form))) {
        formOf.put(spelling, form);
      }
    }
  }

  List<List<Lemma>> morphemes(Sentence sentence) {
    return lemmatizer.morphemes(aliasOf(sentence));
  }

  private String aliasOf(Sentence sentence) {
    return aliases.getOrDefault(sentence.withoutSpaces(), sentence.text());
  }

  CanonicalKey key(Sentence sentence, List<List<Lemma>> morphemes) {
    String whole = wholes.get(sentence.withoutSpaces());
    if (whole != null) {
      return new CanonicalKey(whole, sentence.question(), false, Tense.PRESENT);
    }
    List<String> content = new ArrayList<>();
    boolean question = sentence.question();
    boolean negation = false;
    Tense tense = Tense.PRESENT;
    String tagBefore = "";
    for (List<Lemma> morpheme : morphemes) {
      for (Lemma lemma : morpheme) {
        String form = aliases.getOrDefault(written(lemma.form()), written(lemma.form()));
        Role role = role(lemma, form, tagBefore);
        if (role.isContent()) {
          content.add(form);
        }
        question |= role == Role.QUESTION || role == Role.QUESTION_CONTENT;
        negation |= role == Role.NEGATION || role == Role.NEGATION_CONTENT;
        tense = role == Role.PAST ? Tense.PAST : role == Role.FUTURE ? Tense.FUTURE : tense;
        tagBefore = lemma.partOfSpeech();
      }
    }
    if (content.isEmpty()) {
      content.add(aliasOf(sentence).replace(" ", ""));
    }
    return new CanonicalKey(String.join(" ", content), question, negation, tense);
  }

  private Role role(Lemma lemma, String form, String tagBefore) {
    for (Rule rule : rules) {
      if (rule.fits(lemma, form, tagBefore)) {
        return rule.role();
      }
    }
    return Role.CONTENT;
  }

  /** A half syllable as the table writes it: the dictionary has it as a conjoining letter. */
  private static String written(String form) {
    return form.replace('\u11AB', 'ㄴ')
        .replace('\u11AF', 'ㄹ')
        .replace('\u1107', 'ㅂ')
        .replace('\u11B8', 'ㅂ')
        .replace('\u11BB', 'ㅆ');
  }
}
