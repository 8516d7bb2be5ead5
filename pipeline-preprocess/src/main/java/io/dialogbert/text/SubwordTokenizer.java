package io.dialogbert.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts text into segments and each segment into the pieces of a SentencePiece unigram model. */
final class SubwordTokenizer implements Tokenizer {
  private final Normalizer normalizer;
  private final Segmenter segmenter;
  private final SubwordEncoder encoder;
  private final Vocabulary vocabulary;

  SubwordTokenizer(Normalizer normalizer, Segmenter segmenter, SentencePieceModel model) {
    this.normalizer = normalizer;
    this.segmenter = segmenter;
    this.vocabulary = new Vocabulary(model);
    this.encoder = new SubwordEncoder(model.toBytes());
  }

  @Override
  public int[] encode(String text, String lang) {
    IntStream.Builder ids = IntStream.builder();
    for (Segment segment : segments(text, lang)) {
      for (int id : encoder.encode(segment.marked())) {
        ids.add(id);
      }
    }
    return ids.build().toArray();
  }

  @Override
  public List<String> tokenize(String text, String lang) {
    List<String> pieces = new ArrayList<>();
    for (Segment segment : segments(text, lang)) {
      pieces.addAll(encoder.tokenize(segment.marked()));
    }
    return pieces;
  }

  private List<Segment> segments(String text, String lang) {
    return segmenter.segment(normalizer.normalize(text), lang);
  }

  @Override
  public String decode(int[] ids) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      if (!vocabulary.isSpecial(id) || id == SpecialTokens.UNK || id == SpecialTokens.MASK) {
        text.append(vocabulary.piece(id));
      }
    }
    return text.toString().replace(Segment.WORD_START, ' ').strip();
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }
}
