package io.dialogbert.text.morpheme;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.ko.POS;
import org.apache.lucene.analysis.ko.dict.Dictionary.Morpheme;
import org.apache.lucene.store.InputStreamDataInput;
import org.apache.lucene.util.IntsRef;
import org.apache.lucene.util.fst.FST;
import org.apache.lucene.util.fst.IntsRefFSTEnum;
import org.apache.lucene.util.fst.PositiveIntOutputs;

/**
 * Reads the dictionaries that Lucene ships: mecab-ko-dic 2.1.1 for Korean, IPADIC for Japanese.
 * Only their data is used. Lucene's own analyzers group unknown characters by rules of their own
 * and leave out some of mecab-ko's penalties, so that one line in thirty is cut otherwise than
 * MeCab cuts it.
 */
final class LuceneDictionaries {
  private static final String DICTIONARY = "TokenInfoDictionary$";
  private static final String UNKNOWN = "UnknownDictionary$";

  private LuceneDictionaries() {}

  /** mecab-ko-dic. */
  static MorphemeDictionary korean() {
    Class<?> home = org.apache.lucene.analysis.ko.dict.TokenInfoDictionary.class;
    try {
      var known =
          new org.apache.lucene.analysis.ko.dict.TokenInfoDictionary(
              url(home, DICTIONARY, "targetMap"),
              url(home, DICTIONARY, "posDict"),
              url(home, DICTIONARY, "buffer"),
              url(home, DICTIONARY, "fst"));
      var unknown =
          new org.apache.lucene.analysis.ko.dict.UnknownDictionary(
              url(home, UNKNOWN, "targetMap"),
              url(home, UNKNOWN, "posDict"),
              url(home, UNKNOWN, "buffer"));
      var costs =
          new org.apache.lucene.analysis.ko.dict.ConnectionCosts(
              home.getResource("ConnectionCosts.dat"));
      var definition = unknown.getCharacterDefinition();
      int numClasses = org.apache.lucene.analysis.ko.dict.CharacterDefinition.CLASS_COUNT;

      MorphemeDictionary.Builder builder = new MorphemeDictionary.Builder();
      String[] surface = new String[1];
      addSurfaces(
          home,
          builder,
          known::lookupWordIds,
          text -> surface[0] = text,
          id ->
              builder.addEntry(
                  known.getLeftId(id),
                  known.getRightId(id),
                  known.getWordCost(id),
                  koreanSpacePenalty(known, id),
                  koreanTag(known, id, surface[0])));
      addUnknown(
          builder,
          numClasses,
          unknown::lookupWordIds,
          id ->
              builder.addEntry(
                  unknown.getLeftId(id),
                  unknown.getRightId(id),
                  unknown.getWordCost(id),
                  koreanSpacePenalty(unknown, id),
                  unknown.getLeftPOS(id).name()));
      builder.connect(costs::get);
      // char.def of mecab-ko-dic; Lucene keeps all of it but the lengths.
      int[] maxLength = new int[numClasses];
      maxLength[org.apache.lucene.analysis.ko.dict.CharacterDefinition.HANGUL] = 2;
      maxLength[org.apache.lucene.analysis.ko.dict.CharacterDefinition.HANJA] = 1;
      maxLength[org.apache.lucene.analysis.ko.dict.CharacterDefinition.KANJI] = 2;
      return new MorphemeDictionary(
          builder,
          characterClasses(
              definition::getCharacterClass,
              definition::isInvoke,
              definition::isGroup,
              maxLength,
              org.apache.lucene.analysis.ko.dict.CharacterDefinition.SPACE));
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of Lucene's Korean dictionary is damaged", e);
    }
  }

  /** IPADIC. */
  static MorphemeDictionary japanese() {
    Class<?> home = org.apache.lucene.analysis.ja.dict.TokenInfoDictionary.class;
    try {
      var known =
          new org.apache.lucene.analysis.ja.dict.TokenInfoDictionary(
              url(home, DICTIONARY, "targetMap"),
              url(home, DICTIONARY, "posDict"),
              url(home, DICTIONARY, "buffer"),
              url(home, DICTIONARY, "fst"));
      var unknown =
          new org.apache.lucene.analysis.ja.dict.UnknownDictionary(
              url(home, UNKNOWN, "targetMap"),
              url(home, UNKNOWN, "posDict"),
              url(home, UNKNOWN, "buffer"));
      var costs =
          new org.apache.lucene.analysis.ja.dict.ConnectionCosts(
              home.getResource("ConnectionCosts.dat"));
      var definition = unknown.getCharacterDefinition();
      int numClasses = org.apache.lucene.analysis.ja.dict.CharacterDefinition.CLASS_COUNT;

      MorphemeDictionary.Builder builder = new MorphemeDictionary.Builder();
      addSurfaces(
          home,
          builder,
          known::lookupWordIds,
          text -> {},
          id ->
              builder.addEntry(
                  known.getLeftId(id),
                  known.getRightId(id),
                  known.getWordCost(id),
                  0,
                  japaneseTag(known.getPartOfSpeech(id))));
      addUnknown(
          builder,
          numClasses,
          unknown::lookupWordIds,
          id ->
              builder.addEntry(
                  unknown.getLeftId(id),
                  unknown.getRightId(id),
                  unknown.getWordCost(id),
                  0,
                  japaneseTag(unknown.getPartOfSpeech(id))));
      builder.connect(costs::get);
      // char.def of IPADIC; Lucene keeps all of it but the lengths.
      int[] maxLength = new int[numClasses];
      maxLength[org.apache.lucene.analysis.ja.dict.CharacterDefinition.KANJI] = 2;
      maxLength[org.apache.lucene.analysis.ja.dict.CharacterDefinition.HIRAGANA] = 2;
      maxLength[org.apache.lucene.analysis.ja.dict.CharacterDefinition.KATAKANA] = 2;
      return new MorphemeDictionary(
          builder,
          characterClasses(
              definition::getCharacterClass,
              definition::isInvoke,
              definition::isGroup,
              maxLength,
              org.apache.lucene.analysis.ja.dict.CharacterDefinition.SPACE));
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of Lucene's Japanese dictionary is damaged", e);
    }
  }

  private static URL url(Class<?> home, String dictionary, String part) {
    return home.getResource(dictionary + part + ".dat");
  }

  private static void addSurfaces(
      Class<?> home,
      MorphemeDictionary.Builder builder,
      BiConsumer<Integer, IntsRef> lookup,
      java.util.function.Consumer<String> surface,
      IntConsumer addEntry)
      throws IOException {
    IntsRefFSTEnum<Long> words;
    try (InputStream in =
        new BufferedInputStream(home.getResourceAsStream(DICTIONARY + "fst.dat"))) {
      InputStreamDataInput data = new InputStreamDataInput(in);
      words =
          new IntsRefFSTEnum<>(
              new FST<>(FST.readMetadata(data, PositiveIntOutputs.getSingleton()), data));
    }
    IntsRef ids = new IntsRef();
    for (var word = words.next(); word != null; word = words.next()) {
      builder.addSurface(word.input.ints, word.input.offset, word.input.length);
      surface.accept(new String(word.input.ints, word.input.offset, word.input.length));
      lookup.accept(word.output.intValue(), ids);
      for (int i = 0; i < ids.length; i++) {
        addEntry.accept(ids.ints[ids.offset + i]);
      }
    }
  }

  private static void addUnknown(
      MorphemeDictionary.Builder builder,
      int numClasses,
      BiConsumer<Integer, IntsRef> lookup,
      IntConsumer addEntry) {
    builder.startUnknown(numClasses);
    IntsRef ids = new IntsRef();
    for (int characterClass = 0; characterClass < numClasses; characterClass++) {
      lookup.accept(characterClass, ids);
      for (int i = 0; i < ids.length; i++) {
        addEntry.accept(ids.ints[ids.offset + i]);
      }
      builder.endUnknown(characterClass);
    }
  }

  private interface OfCharacter<T> {
    T get(char unit);
  }

  private static CharacterClasses characterClasses(
      OfCharacter<Byte> classOf,
      OfCharacter<Boolean> isInvoke,
      OfCharacter<Boolean> isGroup,
      int[] maxLength,
      int space) {
    byte[] classes = new byte[CharacterClasses.NUM_UNITS];
    int[] kinds = new int[classes.length];
    boolean[] invoke = new boolean[classes.length];
    boolean[] group = new boolean[classes.length];
    byte[] maxLengths = new byte[classes.length];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = classOf.get((char) c);
      kinds[c] = 1 << classes[c];
      invoke[c] = isInvoke.get((char) c);
      group[c] = isGroup.get((char) c);
      maxLengths[c] = (byte) maxLength[classes[c]];
    }
    return new CharacterClasses(classes, kinds, invoke, group, maxLengths, space);
  }

  private static final Set<POS.Tag> BOUND =
      EnumSet.of(POS.Tag.E, POS.Tag.VCP, POS.Tag.XSA, POS.Tag.XSN, POS.Tag.XSV);

  /** mecab-ko's left-space-penalty-factor: what never starts a word costs more if it does. */
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

  /** The tags of what an inflected word is made of, else its own. */
  private static String koreanTag(
      org.apache.lucene.analysis.ko.dict.TokenInfoDictionary dictionary, int id, String surface) {
    POS.Type type = dictionary.getPOSType(id);
    if (type != POS.Type.INFLECT && type != POS.Type.PREANALYSIS) {
      return dictionary.getLeftPOS(id).name();
    }
    Morpheme[] parts = dictionary.getMorphemes(id, surface.toCharArray(), 0, surface.length());
    return parts == null
        ? dictionary.getLeftPOS(id).name()
        : Arrays.stream(parts)
            .map(part -> part.posTag.name())
            .collect(Collectors.toCollection(LinkedHashSet::new))
            .stream()
            .collect(Collectors.joining("+"));
  }

  /** The first of IPADIC's levels, such as the noun of noun-proper-person. */
  private static String japaneseTag(String partOfSpeech) {
    int dash = partOfSpeech.indexOf('-');
    return dash < 0 ? partOfSpeech : partOfSpeech.substring(0, dash);
  }
}
