package io.dialogbert.text.train;

import io.dialogbert.text.piece.Symbols;
import io.dialogbert.text.segment.Segmenter;
import java.lang.Character.UnicodeScript;

/** Which substrings may be pieces: those in one script, as in SentencePiece's usual settings. */
final class PieceRules {
  private static final int PROLONGED_SOUND_MARK = 0x30FC;

  private PieceRules() {}

  /**
   * Finds the end of the longest piece that may start at each position.
   *
   * @return for each index in the words' text, the end of that piece, exclusive
   */
  static int[] longestPieceEnds(WordTable words) {
    int[] ends = new int[words.text.length];
    for (int word = 0; word < words.size(); word++) {
      int wordEnd = words.start(word + 1);
      UnicodeScript nextScript = UnicodeScript.INHERITED;
      int next = wordEnd;
      for (int i = wordEnd - 1; i >= words.start(word); i--) {
        UnicodeScript script = script(words, i);
        if (script == UnicodeScript.INHERITED) {
          ends[i] = i + 1 == wordEnd ? wordEnd : ends[i + 1];
        } else {
          ends[i] = script == nextScript ? ends[next] : next;
          nextScript = script;
          next = i;
        }
      }
    }
    return ends;
  }

  /**
   * Kana and Han count as one script, since Japanese words mix them. The word mark, tags, joiners
   * and combining marks fit any script. In words with tags, a slash fits only slashes.
   */
  private static UnicodeScript script(WordTable words, int index) {
    int codePoint = words.text[index];
    if (codePoint == Symbols.TAG_START && words.symbols.hasTags()) {
      return UnicodeScript.UNKNOWN;
    }
    if (codePoint == Segmenter.WORD_START || Symbols.isTag(codePoint)) {
      return UnicodeScript.INHERITED;
    }
    UnicodeScript script = UnicodeScript.of(codePoint);
    boolean kana = script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA;
    return kana || codePoint == PROLONGED_SOUND_MARK ? UnicodeScript.HAN : script;
  }
}
