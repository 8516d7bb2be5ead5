package io.dialogbert.text;

import io.dialogbert.text.morpheme.MecabDictionary;
import io.dialogbert.text.morpheme.MorphemeAnalyzer;
import io.dialogbert.text.morpheme.MorphemeDictionary;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.text.segment.SegmentSink;
import io.dialogbert.text.segment.Segmenter;
import io.dialogbert.text.segment.TrainingSegmenter;
import io.dialogbert.text.segment.UserSymbols;
import io.dialogbert.text.train.VocabularyTrainer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Everything that decides how a tokenizer cuts text, except its vocabulary. Serializable, so that
 * executors can create the segmenters, which are not.
 *
 * @param method how text is cut
 * @param normalizer how text is normalized first
 * @param userSymbols symbols that stay whole, such as {@code [PHONE]}; each is a piece of its own
 * @param dictionaries MeCab dictionaries by language, where one replaces Lucene's
 */
public record TokenizerSettings(
    TokenizerMethod method,
    Normalizer normalizer,
    List<String> userSymbols,
    Map<String, MecabDictionary> dictionaries)
    implements Serializable {

  private static final List<String> RESERVED =
      Stream.of(SpecialTokens.ALL, SpareTokens.ALL).flatMap(List::stream).toList();

  /** In UTF-16 units. */
  private static final int MAX_TRAINED_LENGTH = 256;

  /** Copies the collections and checks the symbols. */
  public TokenizerSettings {
    userSymbols = List.copyOf(userSymbols);
    dictionaries = Map.copyOf(dictionaries);
    UserSymbols.check(userSymbols, normalizer, RESERVED);
  }

  /** Settings with Lucene's dictionaries. */
  public TokenizerSettings(
      TokenizerMethod method, Normalizer normalizer, List<String> userSymbols) {
    this(method, normalizer, userSymbols, Map.of());
  }

  /** These settings with MeCab dictionaries by language. */
  public TokenizerSettings withDictionaries(Map<String, MecabDictionary> others) {
    return new TokenizerSettings(method, normalizer, userSymbols, others);
  }

  /**
   * Cuts texts into what a {@link VocabularyTrainer} counts: segments, marked where they start a
   * word, with their part of speech if the method has one. User symbols need no training, so only
   * their marks are given. Segments too long to repeat are left out.
   */
  public TrainingSegmenter trainingSegmenter() {
    Segmenter segmenter = segmenter();
    return (text, lang) -> {
      List<String> words = new ArrayList<>();
      String normalized = normalizer.normalize(text);
      segmenter.segment(
          normalized,
          lang,
          (start, end, startsWord, kind, tag) -> {
            String mark = startsWord ? String.valueOf(Segmenter.WORD_START) : "";
            if (end - start > MAX_TRAINED_LENGTH) {
              return;
            }
            if (kind == SegmentSink.Kind.TEXT) {
              words.add(mark + Symbols.tagged(normalized.substring(start, end), tag));
            } else if (startsWord) {
              words.add(mark);
            }
          });
      return words;
    };
  }

  public Segmenter segmenter() {
    return method.segmenter(userSymbols, analyzers());
  }

  private Function<String, MorphemeAnalyzer> analyzers() {
    Map<String, MorphemeDictionary> own = new HashMap<>();
    dictionaries.forEach((lang, dictionary) -> own.put(lang, dictionary.load()));
    return lang -> {
      MorphemeDictionary dictionary = own.get(lang);
      return (dictionary == null ? MorphemeDictionary.bundled(lang) : dictionary).analyzer();
    };
  }

  Tokenizer tokenizer(List<Piece> pieces) {
    return new SegmentTokenizer(this, new Vocabulary(pieces, method.wordMark()));
  }
}
