package io.dialogbert.text;

import io.dialogbert.text.morpheme.MorphemeAnalyzer;
import io.dialogbert.text.piece.CharacterEncoder;
import io.dialogbert.text.piece.PieceEncoder;
import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.piece.UnigramEncoder;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.text.piece.WordEncoder;
import io.dialogbert.text.piece.WordMark;
import io.dialogbert.text.piece.WordPieceEncoder;
import io.dialogbert.text.segment.BertSegmenter;
import io.dialogbert.text.segment.MorphemeSegmenter;
import io.dialogbert.text.segment.Segmenter;
import io.dialogbert.text.segment.WordSegmenter;
import io.dialogbert.text.train.BpeTrainer;
import io.dialogbert.text.train.FrequencyTrainer;
import io.dialogbert.text.train.TrainerConfig;
import io.dialogbert.text.train.UnigramTrainer;
import io.dialogbert.text.train.VocabularyTrainer;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The ways to cut text into tokens. */
public enum TokenizerMethod {
  /** Text between spaces; rare words are unknown. */
  SPACE,
  /** Single characters. */
  CHARACTER,
  /** Morphemes; rare ones are unknown. */
  MORPHEME,
  /** Subwords of a unigram model within the text between spaces: SentencePiece. */
  SUBWORD,
  /**
   * Morphemes first, then subwords within each. The best of the methods compared for Dialog-BERT
   * (language model, sentiment and intent tasks, 30,000 pieces each).
   */
  MORPHEME_SUBWORD,
  /** Subwords by byte-pair encoding within the text between spaces: BERT's own. */
  WORDPIECE,
  /**
   * The same, but punctuation and CJK ideographs are words of their own: as BERT cuts text. For
   * vocabularies of published BERT models.
   */
  BERT,
  /** Morphemes with their part of speech, such as 하/XSV, then subwords within each: KorBERT's. */
  MORPHEME_TAG;

  Segmenter segmenter(List<String> userSymbols, Function<String, MorphemeAnalyzer> analyzers) {
    return switch (this) {
      case MORPHEME, MORPHEME_SUBWORD, MORPHEME_TAG ->
          new MorphemeSegmenter(userSymbols, analyzers, isTagged());
      case SPACE, CHARACTER, SUBWORD, WORDPIECE -> new WordSegmenter(userSymbols);
      case BERT -> new BertSegmenter(userSymbols);
    };
  }

  PieceEncoder encoder(Vocabulary vocabulary) {
    return switch (this) {
      case SPACE, MORPHEME -> new WordEncoder(vocabulary);
      case CHARACTER -> new CharacterEncoder(vocabulary);
      case WORDPIECE, BERT -> new WordPieceEncoder(vocabulary);
      case SUBWORD, MORPHEME_SUBWORD, MORPHEME_TAG ->
          new UnigramEncoder(vocabulary, symbols(vocabulary));
    };
  }

  Symbols symbols(Vocabulary vocabulary) {
    return isTagged() ? Symbols.ofVocabulary(vocabulary) : Symbols.CODE_POINTS;
  }

  /** The trainer of vocabularies for this method. */
  public VocabularyTrainer trainer(TrainerConfig config) {
    return switch (this) {
      case SPACE, MORPHEME -> new FrequencyTrainer(config, false);
      case CHARACTER -> new FrequencyTrainer(config, true);
      case WORDPIECE, BERT -> new BpeTrainer(config);
      case SUBWORD, MORPHEME_SUBWORD, MORPHEME_TAG -> new UnigramTrainer(config, isTagged());
    };
  }

  WordMark wordMark() {
    return this == WORDPIECE || this == BERT ? WordMark.CONTINUATION : WordMark.START;
  }

  /** Whether the vocabulary is a SentencePiece model; otherwise it is a list of pieces. */
  public boolean isUnigram() {
    return this == SUBWORD || this == MORPHEME_SUBWORD || this == MORPHEME_TAG;
  }

  /** Whether text is cut into morphemes first. */
  public boolean usesMorphemes() {
    return this == MORPHEME || this == MORPHEME_SUBWORD || this == MORPHEME_TAG;
  }

  private boolean isTagged() {
    return this == MORPHEME_TAG;
  }

  /** The name in configuration and files, such as {@code morpheme+subword}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '+');
  }

  @Override
  public String toString() {
    return label();
  }
}
