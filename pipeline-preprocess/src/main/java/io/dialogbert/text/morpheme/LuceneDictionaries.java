package io.dialogbert.text.morpheme;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.ko.POS;
import org.apache.lucene.analysis.ko.dict.Dictionary.Morpheme;
import org.apache.lucene.store.InputStreamDataInput;
import org.apache.lucene.util.IntsRef;
import org.apache.lucene.util.fst.FST;
import org.apache.lucene.util.fst.IntsRefFSTEnum;
import org.apache.lucene.util.fst.PositiveIntOutputs;
import org.apache.lucene.util.fst.Util;

/**
 * Reads the dictionaries that Lucene ships: mecab-ko-dic for Korean, IPADIC for Japanese. Only
 * their data is used. Lucene's own analyzers group unknown characters by other rules and skip some
 * of mecab-ko's penalties, so they cut one message in thirty differently from MeCab.
 */
final class LuceneDictionaries {
  private static final String KNOWN = "TokenInfoDictionary$";
  private static final String UNKNOWN = "UnknownDictionary$";
  private static final String CONNECTIONS = "ConnectionCosts.dat";

  private final Class<?> home;
  private final MorphemeDictionary.Builder builder = new MorphemeDictionary.Builder();

  /**
   * Prepares to read.
   *
   * @param home a class in the package that holds the data
   */
  private LuceneDictionaries(Class<?> home) {
    this.home = home;
  }

  /** The entries of a dictionary by id, and the ids of a surface or a character class. */
  private record Entries(
      Lookup lookup,
      IntUnaryOperator leftId,
      IntUnaryOperator rightId,
      IntUnaryOperator cost,
      IntUnaryOperator spacePenalty,
      Tag tag) {
    interface Lookup {
      void find(int surfaceOrClass, IntsRef ids);
    }

    interface Tag {
      String of(int id, String surface);
    }
  }

  private interface CharacterProperty<T> {
    T of(char unit);
  }

  /** mecab-ko-dic. */
  static MorphemeDictionary korean() {
    LuceneDictionaries files =
        new LuceneDictionaries(org.apache.lucene.analysis.ko.dict.TokenInfoDictionary.class);
    try {
      var known =
          new org.apache.lucene.analysis.ko.dict.TokenInfoDictionary(
              files.url(KNOWN, "targetMap"),
              files.url(KNOWN, "posDict"),
              files.url(KNOWN, "buffer"),
              files.url(KNOWN, "fst"));
      var unknown =
          new org.apache.lucene.analysis.ko.dict.UnknownDictionary(
              files.url(UNKNOWN, "targetMap"),
              files.url(UNKNOWN, "posDict"),
              files.url(UNKNOWN, "buffer"));
      var connections =
          new org.apache.lucene.analysis.ko.dict.ConnectionCosts(
              files.home.getResource(CONNECTIONS));
      var characters = unknown.getCharacterDefinition();
      files.add(
          new Entries(
              known::lookupWordIds,
              known::getLeftId,
              known::getRightId,
              known::getWordCost,
              id -> koreanSpacePenalty(known, id),
              (id, surface) -> koreanTag(known, id, surface)),
          new Entries(
              unknown::lookupWordIds,
              unknown::getLeftId,
              unknown::getRightId,
              unknown::getWordCost,
              id -> koreanSpacePenalty(unknown, id),
              (id, surface) -> unknown.getLeftPOS(id).name()),
          org.apache.lucene.analysis.ko.dict.CharacterDefinition.CLASS_COUNT);
      files.builder.connect(connections::get);
      return new MorphemeDictionary(
          files.builder,
          characterClasses(
              characters::getCharacterClass,
              characters::isInvoke,
              characters::isGroup,
              Map.of(
                  org.apache.lucene.analysis.ko.dict.CharacterDefinition.HANGUL, 2,
                  org.apache.lucene.analysis.ko.dict.CharacterDefinition.HANJA, 1,
                  org.apache.lucene.analysis.ko.dict.CharacterDefinition.KANJI, 2),
              org.apache.lucene.analysis.ko.dict.CharacterDefinition.SPACE));
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of Lucene's Korean dictionary is damaged", e);
    }
  }

  /** IPADIC. */
  static MorphemeDictionary japanese() {
    LuceneDictionaries files =
        new LuceneDictionaries(org.apache.lucene.analysis.ja.dict.TokenInfoDictionary.class);
    try {
      var known =
          new org.apache.lucene.analysis.ja.dict.TokenInfoDictionary(
              files.url(KNOWN, "targetMap"),
              files.url(KNOWN, "posDict"),
              files.url(KNOWN, "buffer"),
              files.url(KNOWN, "fst"));
      var unknown =
          new org.apache.lucene.analysis.ja.dict.UnknownDictionary(
              files.url(UNKNOWN, "targetMap"),
              files.url(UNKNOWN, "posDict"),
              files.url(UNKNOWN, "buffer"));
      var connections =
          new org.apache.lucene.analysis.ja.dict.ConnectionCosts(
              files.home.getResource(CONNECTIONS));
      var characters = unknown.getCharacterDefinition();
      files.add(
          new Entries(
              known::lookupWordIds,
              known::getLeftId,
              known::getRightId,
              known::getWordCost,
              id -> 0,
              (id, surface) -> japaneseTag(known.getPartOfSpeech(id))),
          new Entries(
              unknown::lookupWordIds,
              unknown::getLeftId,
              unknown::getRightId,
              unknown::getWordCost,
              id -> 0,
              (id, surface) -> japaneseTag(unknown.getPartOfSpeech(id))),
          org.apache.lucene.analysis.ja.dict.CharacterDefinition.CLASS_COUNT);
      files.builder.connect(connections::get);
      return new MorphemeDictionary(
          files.builder,
          characterClasses(
              characters::getCharacterClass,
              characters::isInvoke,
              characters::isGroup,
              Map.of(
                  org.apache.lucene.analysis.ja.dict.CharacterDefinition.KANJI, 2,
                  org.apache.lucene.analysis.ja.dict.CharacterDefinition.HIRAGANA, 2,
                  org.apache.lucene.analysis.ja.dict.CharacterDefinition.KATAKANA, 2),
              org.apache.lucene.analysis.ja.dict.CharacterDefinition.SPACE));
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of Lucene's Japanese dictionary is damaged", e);
    }
  }

  /** The base forms of mecab-ko-dic: the parts of an inflected word, else the word itself. */
  static Lemmatizer.BaseForms koreanBaseForms() {
    var dictionary = org.apache.lucene.analysis.ko.dict.TokenInfoDictionary.getInstance();
    return new LuceneDictionaries(dictionary.getClass())
        .baseForms(
            dictionary::lookupWordIds,
            (id, leftId, rightId, cost) ->
                dictionary.getLeftId(id) == leftId
                    && dictionary.getRightId(id) == rightId
                    && dictionary.getWordCost(id) == cost,
            (id, surface) -> koreanLemmas(dictionary, id, surface));
  }

  /** The base forms of IPADIC, with the whole part of speech. */
  static Lemmatizer.BaseForms japaneseBaseForms() {
    var dictionary = org.apache.lucene.analysis.ja.dict.TokenInfoDictionary.getInstance();
    return new LuceneDictionaries(dictionary.getClass())
        .baseForms(
            dictionary::lookupWordIds,
            (id, leftId, rightId, cost) ->
                dictionary.getLeftId(id) == leftId
                    && dictionary.getRightId(id) == rightId
                    && dictionary.getWordCost(id) == cost,
            (id, surface) -> {
              String base = dictionary.getBaseForm(id, surface.toCharArray(), 0, surface.length());
              return List.of(
                  new Lemma(base == null ? surface : base, dictionary.getPartOfSpeech(id)));
            });
  }

  private interface SameEntry {
    boolean test(int id, int leftId, int rightId, int cost);
  }

  private interface LemmasOf {
    List<Lemma> of(int id, String surface);
  }

  private Lemmatizer.BaseForms baseForms(
      Entries.Lookup lookup, SameEntry sameEntry, LemmasOf lemmas) {
    FST<Long> words;
    try {
      words = words();
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of a Lucene dictionary is damaged", e);
    }
    return (surface, leftId, rightId, cost) -> {
      Long found;
      try {
        found = Util.get(words, new IntsRef(surface.chars().toArray(), 0, surface.length()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (found == null) {
        return List.of();
      }
      IntsRef ids = new IntsRef();
      lookup.find(found.intValue(), ids);
      for (int i = ids.offset; i < ids.offset + ids.length; i++) {
        if (sameEntry.test(ids.ints[i], leftId, rightId, cost)) {
          return lemmas.of(ids.ints[i], surface);
        }
      }
      return List.of();
    };
  }

  private static List<Lemma> koreanLemmas(
      org.apache.lucene.analysis.ko.dict.TokenInfoDictionary dictionary, int id, String surface) {
    POS.Type type = dictionary.getPOSType(id);
    Morpheme[] parts =
        type == POS.Type.INFLECT || type == POS.Type.PREANALYSIS
            ? dictionary.getMorphemes(id, surface.toCharArray(), 0, surface.length())
            : null;
    return parts == null
        ? List.of(new Lemma(surface, dictionary.getLeftPOS(id).name()))
        : Arrays.stream(parts)
            .map(part -> new Lemma(part.surfaceForm, part.posTag.name()))
            .toList();
  }

  private URL url(String dictionary, String part) {
    return home.getResource(dictionary + part + ".dat");
  }

  private void add(Entries known, Entries unknown, int numClasses) throws IOException {
    IntsRef ids = new IntsRef();
    IntsRefFSTEnum<Long> words = new IntsRefFSTEnum<>(words());
    for (var word = words.next(); word != null; word = words.next()) {
      builder.addSurface(word.input.ints, word.input.offset, word.input.length);
      known.lookup().find(word.output.intValue(), ids);
      add(known, ids, new String(word.input.ints, word.input.offset, word.input.length));
    }
    builder.startUnknown(numClasses);
    for (int characterClass = 0; characterClass < numClasses; characterClass++) {
      unknown.lookup().find(characterClass, ids);
      add(unknown, ids, "");
      builder.endUnknown(characterClass);
    }
  }

  private FST<Long> words() throws IOException {
    try (InputStream in = new BufferedInputStream(url(KNOWN, "fst").openStream())) {
      InputStreamDataInput data = new InputStreamDataInput(in);
      return new FST<>(FST.readMetadata(data, PositiveIntOutputs.getSingleton()), data);
    }
  }

  private void add(Entries entries, IntsRef ids, String surface) {
    for (int i = ids.offset; i < ids.offset + ids.length; i++) {
      int id = ids.ints[i];
      builder.addEntry(
          entries.leftId().applyAsInt(id),
          entries.rightId().applyAsInt(id),
          entries.cost().applyAsInt(id),
          entries.spacePenalty().applyAsInt(id),
          entries.tag().of(id, surface));
    }
  }

  /**
   * MeCab's char.def.
   *
   * @param maxLengths maximum length by class, the only part of char.def that Lucene does not keep;
   *     0 for a missing class
   */
  private static CharacterClasses characterClasses(
      CharacterProperty<Byte> classOf,
      CharacterProperty<Boolean> isInvoke,
      CharacterProperty<Boolean> isGroup,
      Map<Byte, Integer> maxLengths,
      int space) {
    byte[] classes = new byte[CharacterClasses.NUM_UNITS];
    int[] kinds = new int[classes.length];
    boolean[] invoke = new boolean[classes.length];
    boolean[] group = new boolean[classes.length];
    byte[] maxLength = new byte[classes.length];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = classOf.of((char) c);
      kinds[c] = 1 << classes[c];
      invoke[c] = isInvoke.of((char) c);
      group[c] = isGroup.of((char) c);
      maxLength[c] = maxLengths.getOrDefault(classes[c], 0).byteValue();
    }
    return new CharacterClasses(classes, kinds, invoke, group, maxLength, space);
  }

  private static final Set<POS.Tag> BOUND =
      EnumSet.of(POS.Tag.E, POS.Tag.VCP, POS.Tag.XSA, POS.Tag.XSN, POS.Tag.XSV);

  /**
   * mecab-ko's left-space-penalty-factor: an entry that should never start a word costs more if it
   * does.
   */
  private static int koreanSpacePenalty(
      org.apache.lucene.analysis.ko.dict.BinaryDictionary dictionary, int id) {
    POS.Type type = dictionary.getPOSType(id);
    if (type == POS.Type.COMPOUND || type == POS.Type.PREANALYSIS) {
      return 0;
    }
    POS.Tag tag = dictionary.getLeftPOS(id);
    if (tag == POS.Tag.J) {
      return 6000;
    }
    return BOUND.contains(tag) ? 3000 : 0;
  }

  /** The tags of the parts of an inflected word; for other words, the word's own tag. */
  private static String koreanTag(
      org.apache.lucene.analysis.ko.dict.TokenInfoDictionary dictionary, int id, String surface) {
    return koreanLemmas(dictionary, id, surface).stream()
        .map(Lemma::partOfSpeech)
        .distinct()
        .collect(Collectors.joining("+"));
  }

  /** The first level of an IPADIC part of speech, such as the noun of noun-proper-person. */
  private static String japaneseTag(String partOfSpeech) {
    int dash = partOfSpeech.indexOf('-');
    return dash < 0 ? partOfSpeech : partOfSpeech.substring(0, dash);
  }
}
