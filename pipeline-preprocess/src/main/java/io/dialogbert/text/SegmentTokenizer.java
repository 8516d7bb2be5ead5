package io.dialogbert.text;

import io.dialogbert.text.normalize.AlignedText;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceEncoder;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.Pieces;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.text.piece.WordMark;
import io.dialogbert.text.segment.SegmentSink;
import io.dialogbert.text.segment.Segmenter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cuts text into segments and each segment into pieces of a vocabulary. Short chat messages repeat
 * often, so their ids are cached. Frequent messages come early, so nothing is evicted once the
 * cache is full.
 */
final class SegmentTokenizer implements Tokenizer {
  /** In UTF-16 units. */
  private static final int MAX_KEPT_LENGTH = 16;

  /** About 10 MB. */
  private static final int MAX_KEPT = 65_536;

  private final Normalizer normalizer;
  private final Segmenter segmenter;
  private final PieceEncoder encoder;
  private final Vocabulary vocabulary;
  private final WordMark mark;
  private final Symbols symbols;
  private final Map<String, Map<String, int[]>> kept = new ConcurrentHashMap<>();

  SegmentTokenizer(TokenizerSettings settings, Vocabulary vocabulary) {
    this.normalizer = settings.normalizer();
    this.segmenter = settings.segmenter();
    this.encoder = settings.method().encoder(vocabulary);
    this.vocabulary = vocabulary;
    this.mark = settings.method().wordMark();
    this.symbols = settings.method().symbols(vocabulary);
  }

  @Override
  public int[] encode(String text, String lang) {
    if (text.length() > MAX_KEPT_LENGTH) {
      return pieces(normalizer.normalize(text), lang).toIds();
    }
    Map<String, int[]> ofLanguage = kept.computeIfAbsent(lang, any -> new ConcurrentHashMap<>());
    int[] ids = ofLanguage.get(text);
    if (ids == null) {
      ids = pieces(normalizer.normalize(text), lang).toIds();
      if (ofLanguage.size() < MAX_KEPT) {
        ofLanguage.put(text, ids);
      }
    }
    return ids.clone();
  }

  @Override
  public List<Token> tokenize(String text, String lang) {
    AlignedText aligned = normalizer.align(text);
    Pieces pieces = pieces(aligned.text(), lang);
    List<Token> tokens = new ArrayList<>(pieces.size());
    for (int i = 0; i < pieces.size(); i++) {
      int start = pieces.start(i);
      int end = pieces.end(i);
      int id = pieces.id(i);
      int from = aligned.originalStart(start);
      tokens.add(
          new Token(
              id,
              id == SpecialTokens.UNK ? aligned.text().substring(start, end) : vocabulary.piece(id),
              from,
              start == end ? from : aligned.originalEnd(end)));
    }
    return tokens;
  }

  private Pieces pieces(String normalized, String lang) {
    Pieces pieces = new Pieces();
    segmenter.segment(
        normalized,
        lang,
        (start, end, startsWord, kind, tag) -> {
          if (kind == SegmentSink.Kind.USER_SYMBOL) {
            int id = vocabulary.id(normalized.substring(start, end)).orElse(SpecialTokens.UNK);
            encoder.encodeSymbol(id, start, end, startsWord, pieces);
          } else {
            encoder.encode(normalized, start, end, startsWord, tag, pieces);
          }
        });
    return pieces;
  }

  @Override
  public String decode(int[] ids) {
    StringBuilder text = new StringBuilder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      Piece piece = vocabulary.get(id);
      if (piece.type() == PieceType.BYTE) {
        bytes.write(Integer.parseInt(piece.text().substring(3, 5), 16));
        continue;
      }
      text.append(bytes.toString(StandardCharsets.UTF_8));
      bytes.reset();
      if (id == SpecialTokens.UNK || id == SpecialTokens.MASK) {
        text.append(piece.text());
      } else if (!vocabulary.isSpecial(id)) {
        mark.append(piece.text().substring(0, symbols.endOfText(piece.text())), text);
      }
    }
    return text.append(bytes.toString(StandardCharsets.UTF_8)).toString().strip();
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }
}
