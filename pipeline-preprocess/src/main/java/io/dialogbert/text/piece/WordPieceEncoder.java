package io.dialogbert.text.piece;

import io.dialogbert.text.morpheme.Trie;

/**
 * Cuts words greedily into the longest matching pieces, from the start. A word that cannot be cut
 * to its end is unknown as a whole.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al. 2018, section 3</a>
 */
public final class WordPieceEncoder implements PieceEncoder {
  private final Vocabulary vocabulary;
  private final Trie trie = new Trie();
  private final int[] idAt;

  /** The trie nodes where pieces inside a word begin, and those at a word's start. */
  private final int continuations = trie.childOrNew(Trie.ROOT, 0);

  private final int wordStarts = trie.childOrNew(Trie.ROOT, 1);

  public WordPieceEncoder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    int[] nodes = new int[vocabulary.size()];
    for (int id = 0; id < nodes.length; id++) {
      Piece piece = vocabulary.get(id);
      if (piece.type() == PieceType.NORMAL) {
        boolean startsWord = vocabulary.isWordStart(id);
        int node = startsWord ? wordStarts : continuations;
        String text =
            startsWord ? piece.text() : piece.text().substring(WordMark.CONTINUES.length());
        for (int i = 0; i < text.length(); i++) {
          node = trie.childOrNew(node, text.charAt(i));
        }
        nodes[id] = node;
      }
    }
    idAt = trie.nodeValues();
    for (int id = 0; id < nodes.length; id++) {
      if (nodes[id] != Trie.ROOT) {
        idAt[nodes[id]] = id;
      }
    }
  }

  @Override
  public void encode(String text, int start, int end, boolean startsWord, String tag, Pieces out) {
    int sizeBefore = out.size();
    int node = startsWord ? wordStarts : continuations;
    for (int from = start; from < end; ) {
      int longest = Trie.NONE;
      int longestEnd = from;
      for (int i = from; i < end; i++) {
        node = trie.child(node, text.charAt(i));
        if (node == Trie.NONE) {
          break;
        }
        if (idAt[node] != Trie.NONE) {
          longest = idAt[node];
          longestEnd = i + 1;
        }
      }
      if (longest == Trie.NONE) {
        out.truncate(sizeBefore);
        out.add(SpecialTokens.UNK, start, end);
        return;
      }
      out.add(longest, from, longestEnd);
      from = longestEnd;
      node = continuations;
    }
  }

  @Override
  public void encodeSymbol(int id, int start, int end, boolean startsWord, Pieces out) {
    out.add(
        startsWord
            ? id
            : vocabulary.id(WordMark.CONTINUES + vocabulary.piece(id)).orElse(SpecialTokens.UNK),
        start,
        end);
  }
}
