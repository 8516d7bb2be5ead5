package io.dialogbert.text.piece;

import io.dialogbert.text.morpheme.Trie;
import io.dialogbert.text.segment.Segmenter;
import java.nio.charset.StandardCharsets;

/**
 * Finds the most probable pieces of a segment under a unigram model. It uses the arithmetic of the
 * SentencePiece library (0.2.3): single precision and the same tie-breaking. So it gives the same
 * pieces. It is faster, since it needs no calls to native code.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Kudo 2018, section 3.2, equation 3</a>
 */
public final class UnigramEncoder implements PieceEncoder {
  /** How far a character without a piece scores below the least probable piece. */
  private static final float UNKNOWN_PENALTY = 10;

  private static final int NO_BYTES = -1;

  private final Symbols allSymbols;
  private final Trie trie = new Trie();
  private final int[] idAt;
  private final float[] scores;
  private final float unknownScore;
  private final int wordStartId;

  /** Id of the piece of byte 0. The other bytes' pieces follow it. */
  private final int firstByteId;

  public UnigramEncoder(Vocabulary vocabulary, Symbols allSymbols) {
    this.allSymbols = allSymbols;
    int[] nodes = new int[vocabulary.size()];
    scores = new float[vocabulary.size()];
    float minScore = Float.MAX_VALUE;
    int byteId = NO_BYTES;
    for (int id = vocabulary.size() - 1; id >= 0; id--) {
      Piece piece = vocabulary.get(id);
      if (piece.type() == PieceType.NORMAL) {
        nodes[id] = addToTrie(allSymbols.of(piece.text()));
        scores[id] = piece.score();
        minScore = Math.min(minScore, piece.score());
      } else if (piece.type() == PieceType.BYTE) {
        byteId = id;
      }
    }
    idAt = trie.nodeValues();
    for (int id = 0; id < nodes.length; id++) {
      if (nodes[id] != Trie.ROOT) {
        idAt[nodes[id]] = id;
      }
    }
    unknownScore = minScore - UNKNOWN_PENALTY;
    firstByteId = byteId;
    wordStartId = vocabulary.id(String.valueOf(Segmenter.WORD_START)).orElse(SpecialTokens.UNK);
  }

  private int addToTrie(int[] symbols) {
    int node = Trie.ROOT;
    for (int symbol : symbols) {
      node = trie.childOrNew(node, symbol);
    }
    return node;
  }

  @Override
  public void encodeSymbol(int id, int start, int end, boolean startsWord, Pieces out) {
    if (startsWord) {
      out.add(wordStartId, start, start);
    }
    out.add(id, start, end);
  }

  @Override
  public void encode(String text, int start, int end, boolean startsWord, String tag, Pieces out) {
    // Symbols are the mark, the code points, and the tag as one symbol.
    int mark = startsWord ? 1 : 0;
    int[] symbols = new int[mark + end - start + 1];
    int[] places = new int[symbols.length + 1];
    int size = 0;
    if (startsWord) {
      symbols[size] = Segmenter.WORD_START;
      places[size++] = start;
    }
    for (int i = start; i < end; ) {
      int codePoint = text.codePointAt(i);
      symbols[size] = codePoint;
      places[size++] = i;
      i += Character.charCount(codePoint);
    }
    if (!tag.isEmpty()) {
      symbols[size] = allSymbols.ofTag(tag);
      places[size++] = end;
    }
    places[size] = end;
    addBest(symbols, size, text, places, out);
  }

  private void addBest(int[] symbols, int size, String text, int[] places, Pieces out) {
    float[] best = new float[size + 1];
    int[] bestId = new int[size + 1];
    int[] bestStart = new int[size + 1];
    for (int from = 0; from < size; from++) {
      boolean single = false;
      int node = Trie.ROOT;
      for (int to = from + 1; to <= size; to++) {
        node = trie.child(node, symbols[to - 1]);
        if (node == Trie.NONE) {
          break;
        }
        int id = idAt[node];
        if (id != Trie.NONE) {
          single |= to == from + 1;
          offer(best[from] + scores[id], id, from, to, best, bestId, bestStart);
        }
      }
      if (!single) {
        offer(
            best[from] + unknownScore, SpecialTokens.UNK, from, from + 1, best, bestId, bestStart);
      }
    }
    add(bestId, bestStart, size, text, places, out);
  }

  /**
   * Takes a path if it is better. An id of 0 marks a position not reached yet; paths never hold it,
   * since 0 is {@code [PAD]}.
   */
  private static void offer(
      float score, int id, int from, int to, float[] best, int[] bestId, int[] bestStart) {
    if (bestId[to] == 0 || score > best[to]) {
      best[to] = score;
      bestId[to] = id;
      bestStart[to] = from;
    }
  }

  private void add(int[] bestId, int[] bestStart, int size, String text, int[] places, Pieces out) {
    // Reverse the chain of starts, so that it leads from each piece to its end.
    int[] nextEnd = new int[size + 1];
    for (int to = size; to > 0; to = bestStart[to]) {
      nextEnd[bestStart[to]] = to;
    }
    for (int from = 0; from < size; ) {
      int to = nextEnd[from];
      int id = bestId[to];
      if (id == SpecialTokens.UNK) {
        // Adjacent characters without a piece are one unknown token.
        while (to < size && bestId[nextEnd[to]] == SpecialTokens.UNK) {
          to = nextEnd[to];
        }
        addUnknown(text, places[from], places[to], out);
      } else {
        out.add(id, places[from], places[to]);
      }
      from = to;
    }
  }

  private void addUnknown(String text, int start, int end, Pieces out) {
    if (firstByteId == NO_BYTES) {
      out.add(SpecialTokens.UNK, start, end);
      return;
    }
    for (int i = start; i < end; ) {
      int next = i + Character.charCount(text.codePointAt(i));
      for (byte b : text.substring(i, next).getBytes(StandardCharsets.UTF_8)) {
        out.add(firstByteId + (b & 0xff), i, next);
      }
      i = next;
    }
  }
}
