package io.dialogbert.text;

import java.lang.Character.UnicodeScript;

/** Which substrings may be pieces: those in one script, as in SentencePiece's usual settings. */
final class PieceRules {
  private static final int PROLONGED_SOUND_MARK = 0x30FC;

  private PieceRules() {}

  /**
   * Whether a stretch of text may be a piece. Kana and Han count as one script, since Japanese
   * words mix them; joiners and combining marks go with any script.
   */
  static boolean mayBePiece(int[] text, int start, int length) {
    UnicodeScript script = UnicodeScript.INHERITED;
    for (int i = start; i < start + length; i++) {
      UnicodeScript next =
          text[i] == Segment.WORD_START ? UnicodeScript.INHERITED : script(text[i]);
      if (next != UnicodeScript.INHERITED) {
        if (script != UnicodeScript.INHERITED && script != next) {
          return false;
        }
        script = next;
      }
    }
    return true;
  }

  private static UnicodeScript script(int codePoint) {
    UnicodeScript script = UnicodeScript.of(codePoint);
    boolean kana = script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA;
    return kana || codePoint == PROLONGED_SOUND_MARK ? UnicodeScript.HAN : script;
  }
}
