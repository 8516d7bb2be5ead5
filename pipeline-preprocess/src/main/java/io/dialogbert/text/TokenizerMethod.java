package io.dialogbert.text;

import java.util.List;
import java.util.Locale;

/** The ways to cut text into tokens. */
public enum TokenizerMethod {
  /**
   * Morphemes first, then subwords inside each: the best of the methods compared for Dialog-BERT
   * (language model, sentiment and intent tasks, 30,000 pieces each).
   */
  MORPHEME_SUBWORD {
    @Override
    Segmenter segmenter(List<String> userSymbols) {
      return new MorphemeTokenizer(userSymbols);
    }
  },
  /** Subwords inside what stands between spaces. */
  SUBWORD {
    @Override
    Segmenter segmenter(List<String> userSymbols) {
      return new WordTokenizer(userSymbols);
    }
  };

  abstract Segmenter segmenter(List<String> userSymbols);

  /** The name in configuration and files, such as {@code morpheme+subword}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '+');
  }

  @Override
  public String toString() {
    return label();
  }
}
