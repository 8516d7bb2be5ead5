package io.dialogbert.text;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that decides how a tokenizer cuts text, besides its model. Serializable, so that
 * executors can make the segmenters, which are not.
 *
 * @param method how text is cut
 * @param normalizer what is done to text first
 * @param userSymbols symbols that stay whole, such as {@code [PHONE]}; each is a piece of its own
 */
public record TokenizerSettings(
    TokenizerMethod method, Normalizer normalizer, List<String> userSymbols)
    implements Serializable {

  /** Copies the list and checks the symbols. */
  public TokenizerSettings {
    userSymbols = List.copyOf(userSymbols);
    UserSymbols.check(userSymbols, normalizer);
  }

  /**
   * Cuts texts into what {@link UnigramTrainer} counts: segments, marked where they start a word.
   * User symbols need no training, so only their marks are given.
   */
  public TrainingSegmenter trainingSegmenter() {
    Segmenter segmenter = method.segmenter(userSymbols);
    return (text, lang) ->
        segmenter.segment(normalizer.normalize(text), lang).stream()
            .flatMap(TokenizerSettings::trainable)
            .toList();
  }

  private static Stream<String> trainable(Segment segment) {
    if (!segment.userSymbol()) {
      return Stream.of(segment.marked());
    }
    return segment.startsWord() ? Stream.of(String.valueOf(Segment.WORD_START)) : Stream.empty();
  }

  Tokenizer tokenizer(SentencePieceModel model) {
    return new SubwordTokenizer(normalizer, method.segmenter(userSymbols), model);
  }
}
