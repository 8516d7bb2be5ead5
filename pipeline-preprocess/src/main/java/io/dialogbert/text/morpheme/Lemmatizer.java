package io.dialogbert.text.morpheme;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text as the bundled dictionary's {@link MorphemeAnalyzer} does, and gives base forms. Shared
 * by threads.
 */
public final class Lemmatizer {
  private final MorphemeDictionary dictionary;
  private final BaseForms baseForms;

  private Lemmatizer(MorphemeDictionary dictionary, BaseForms baseForms) {
    this.dictionary = dictionary;
    this.baseForms = baseForms;
  }

  /**
   * Finds the lemmas of a dictionary entry by its surface, ids and cost; empty if there is none.
   */
  interface BaseForms {
    List<Lemma> of(String surface, int leftId, int rightId, int cost);
  }

  private static final class Korean {
    static final Lemmatizer INSTANCE =
        new Lemmatizer(MorphemeDictionary.bundled("ko"), LuceneDictionaries.koreanBaseForms());
  }

  private static final class Japanese {
    static final Lemmatizer INSTANCE =
        new Lemmatizer(MorphemeDictionary.bundled("ja"), LuceneDictionaries.japaneseBaseForms());
  }

  /**
   * The lemmatizer over the dictionary bundled with the program.
   *
   * @param lang {@code ko} or {@code ja}
   * @throws IllegalArgumentException if the language has none
   */
  public static Lemmatizer bundled(String lang) {
    return switch (lang) {
      case "ko" -> Korean.INSTANCE;
      case "ja" -> Japanese.INSTANCE;
      default -> throw new IllegalArgumentException("lang must be ko or ja, but was " + lang);
    };
  }

  /**
   * The morphemes of a text in order, each with its lemmas: several for an inflected Korean word.
   */
  public List<List<Lemma>> morphemes(String text) {
    MorphemeAnalyzer analyzer = dictionary.analyzer();
    List<List<Lemma>> morphemes = new ArrayList<>();
    analyzer.analyze(
        text,
        0,
        text.length(),
        (start, end, entry) -> {
          String surface = text.substring(start, end);
          List<Lemma> known =
              baseForms.of(
                  surface,
                  dictionary.leftId(entry),
                  dictionary.rightId(entry),
                  dictionary.cost(entry));
          morphemes.add(known.isEmpty() ? List.of(new Lemma(surface, analyzer.tag(entry))) : known);
        });
    return morphemes;
  }
}
