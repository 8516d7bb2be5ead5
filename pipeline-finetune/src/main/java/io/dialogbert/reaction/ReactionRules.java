package io.dialogbert.reaction;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.dialogbert.common.Resources;
import io.dialogbert.text.morpheme.Lemma;
import io.dialogbert.text.morpheme.Lemmatizer;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Decides which replies are candidates, and gives their keys. Immutable and shared by threads. */
public final class ReactionRules {
  /** Of a folded sentence, without spaces. */
  static final int MAX_CHARACTERS = 20;

  static final int MAX_MORPHEMES = 6;

  /** Languages with rules. */
  public static final List<String> LANGUAGES = List.of("ko", "ja");

  private static final String HARMFUL = "harmful.conf";

  /** As some exports write a text that is missing. */
  private static final String EMPTY = "null";

  private record Language(
      Lemmatizer lemmatizer,
      Folding folding,
      Canonicalizer canonicalizer,
      Polarity polarity,
      List<Pattern> harmful,
      List<Pattern> threats) {}

  /** Words of which a group may hold those of one list only. */
  private record Polarity(Set<String> positive, Set<String> negative) {
    static Polarity of(Config config) {
      return new Polarity(
          Set.copyOf(config.getStringList("positive")),
          Set.copyOf(config.getStringList("negative")));
    }

    boolean isPositive(CanonicalKey key) {
      return key.words().stream().anyMatch(positive::contains);
    }

    boolean isNegative(CanonicalKey key) {
      return key.words().stream().anyMatch(negative::contains);
    }
  }

  /**
   * A reply of a dialogue: a candidate, or why it is none. Exactly one of the two is present.
   *
   * @param candidate what the reply may be a reaction as
   */
  public record Reply(Optional<Candidate> candidate, Optional<Rejection> rejection) {}

  private final Map<String, Language> languages = new HashMap<>();

  /**
   * The project's rules.
   *
   * @param harmfulPatterns regular expressions of more harmful replies, of any language
   */
  public ReactionRules(List<String> harmfulPatterns) {
    Config harmful = resource(HARMFUL);
    for (String lang : LANGUAGES) {
      Config rules = resource(lang + ".conf");
      List<String> patterns = new ArrayList<>(harmful.getStringList(lang));
      patterns.addAll(harmfulPatterns);
      Lemmatizer lemmatizer = Lemmatizer.bundled(lang);
      languages.put(
          lang,
          new Language(
              lemmatizer,
              new Folding(rules),
              new Canonicalizer(lemmatizer, rules),
              Polarity.of(rules.getConfig("polarity")),
              patterns.stream().map(Pattern::compile).toList(),
              harmful.getStringList("threats." + lang).stream().map(Pattern::compile).toList()));
    }
  }

  /** Identifies the files of rules. */
  public static String fingerprint() {
    List<String> files = new ArrayList<>(List.of(HARMFUL));
    LANGUAGES.forEach(lang -> files.add(lang + ".conf"));
    return Resources.fingerprint(ReactionRules.class, files);
  }

  private static Config resource(String name) {
    try (InputStreamReader in =
        new InputStreamReader(
            ReactionRules.class.getResourceAsStream(name), StandardCharsets.UTF_8)) {
      return ConfigFactory.parseReader(in);
    } catch (IOException e) {
      throw new UncheckedIOException("class path lacks the file " + name, e);
    }
  }

  /**
   * The replies of a dialogue: all turns except the first. A dialogue with a threat has no
   * candidate.
   *
   * @param turns texts, the first to the last
   * @return one reply for each turn after the first, in order
   */
  public List<Reply> replies(List<String> turns, String lang) {
    boolean threatening = turns.stream().anyMatch(turn -> isThreat(turn, lang));
    List<Reply> replies = new ArrayList<>();
    for (int i = 1; i < turns.size(); i++) {
      List<Rejection> rejections = new ArrayList<>();
      Optional<Candidate> candidate =
          candidate(turns.get(i), turns.get(i - 1), lang, rejections::add);
      if (candidate.isPresent() && threatening) {
        candidate = Optional.empty();
        rejections.add(Rejection.THREAT);
      }
      replies.add(new Reply(candidate, rejections.stream().findFirst()));
    }
    return replies;
  }

  /**
   * The candidate in a reply.
   *
   * @param reply a turn's text
   * @param query the text of the turn before
   * @param rejected receives the reason if there is none
   */
  Optional<Candidate> candidate(
      String reply, String query, String lang, Consumer<Rejection> rejected) {
    Language language = languages.get(lang);
    if (language == null) {
      rejected.accept(Rejection.LANGUAGE);
      return Optional.empty();
    }
    String text = Folding.normalize(reply);
    Optional<Sentence> first = language.folding.firstSentence(text);
    if (first.isEmpty()) {
      rejected.accept(Rejection.NO_WORDS);
      return Optional.empty();
    }
    Sentence sentence = first.get();
    Optional<Rejection> early =
        isHarmful(sentence.text(), lang)
            ? Optional.of(Rejection.HARMFUL)
            : reasonToReject(sentence, text, query);
    if (early.isPresent()) {
      rejected.accept(early.get());
      return Optional.empty();
    }
    List<List<Lemma>> morphemes = language.canonicalizer.morphemes(sentence);
    if (morphemes.size() > MAX_MORPHEMES) {
      rejected.accept(Rejection.TOO_LONG);
      return Optional.empty();
    }
    return Optional.of(
        new Candidate(lang, sentence.member(), language.canonicalizer.key(sentence, morphemes)));
  }

  private static Optional<Rejection> reasonToReject(Sentence sentence, String reply, String query) {
    String letters = sentence.withoutSpaces();
    if (letters.equals(EMPTY)) {
      return Optional.of(Rejection.NO_WORDS);
    } else if (sentence.source().indexOf('[') >= 0 || sentence.source().indexOf(']') >= 0) {
      return Optional.of(Rejection.PERSONAL_DATA);
    } else if (letters.codePoints().anyMatch(Character::isDigit)) {
      return Optional.of(Rejection.DIGITS);
    } else if (letters.codePointCount(0, letters.length()) > MAX_CHARACTERS) {
      return Optional.of(Rejection.TOO_LONG);
    } else if (letters(reply).equals(letters(Folding.normalize(query)))) {
      return Optional.of(Rejection.COPY);
    }
    return Optional.empty();
  }

  /** Whether a text must not be suggested. Never in a language without rules. */
  public boolean isHarmful(String text, String lang) {
    String letters = letters(text);
    return languages.containsKey(lang)
        && languages.get(lang).harmful.stream()
            .anyMatch(pattern -> pattern.matcher(letters).find());
  }

  /** Whether a turn threatens, or says that someone is in danger. */
  public boolean isThreat(String turn, String lang) {
    String letters = letters(turn);
    return languages.containsKey(lang)
        && languages.get(lang).threats.stream()
            .anyMatch(pattern -> pattern.matcher(letters).find());
  }

  private static String letters(String text) {
    StringBuilder letters = new StringBuilder();
    text.codePoints().filter(Character::isLetter).forEach(letters::appendCodePoint);
    return letters.toString();
  }

  /** The content words of a turn: no endings, particles, auxiliary verbs or signs. */
  public List<String> words(String turn, String lang) {
    List<String> words = new ArrayList<>();
    for (List<Lemma> morpheme : languages.get(lang).lemmatizer.morphemes(Folding.normalize(turn))) {
      for (Lemma lemma : morpheme) {
        String tag = lemma.partOfSpeech();
        boolean isContent = !(tag.equals("E") || tag.equals("J") || tag.startsWith("助"));
        if (isContent && lemma.form().codePoints().anyMatch(Character::isLetter)) {
          words.add(lemma.form());
        }
      }
    }
    return words;
  }

  /** Whether two keys may mean opposite things, so that nothing merges them. */
  public boolean areOpposite(String lang, CanonicalKey a, CanonicalKey b) {
    Polarity polarity = languages.get(lang).polarity;
    return (polarity.isPositive(a) && polarity.isNegative(b))
        || (polarity.isNegative(a) && polarity.isPositive(b));
  }
}
