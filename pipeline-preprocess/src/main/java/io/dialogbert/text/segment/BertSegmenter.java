package io.dialogbert.text.segment;

import java.util.List;

/**
 * Cuts text as BERT does before its WordPiece: at spaces, and around punctuation and CJK
 * ideographs, each of which is a word of its own. A word is what stands between them, even without
 * a space before it.
 *
 * @see <a href="https://github.com/google-research/bert/blob/master/tokenization.py">BERT's
 *     BasicTokenizer</a>
 */
public final class BertSegmenter implements Segmenter {
  private final UserSymbols userSymbols;

  /**
   * Makes a segmenter.
   *
   * @param userSymbols symbols that stay whole, such as {@code [PHONE]}
   */
  public BertSegmenter(List<String> userSymbols) {
    this.userSymbols = new UserSymbols(userSymbols);
  }

  @Override
  public void segment(String text, String lang, SegmentSink sink) {
    userSymbols.visit(
        text,
        (from, to, isSymbol) -> {
          if (isSymbol) {
            sink.segment(
                from, to, UserSymbols.startsWord(text, from), SegmentSink.Kind.USER_SYMBOL, "");
          } else {
            words(text, from, to, sink);
          }
        });
  }

  private static void words(String text, int from, int to, SegmentSink sink) {
    int start = from;
    for (int i = from; i < to; ) {
      int codePoint = text.codePointAt(i);
      int next = i + Character.charCount(codePoint);
      boolean alone = standsAlone(codePoint);
      if (codePoint == ' ' || alone) {
        word(start, i, sink);
        start = next;
      }
      if (alone) {
        word(i, next, sink);
      }
      i = next;
    }
    word(start, to, sink);
  }

  private static void word(int start, int end, SegmentSink sink) {
    if (end > start) {
      sink.segment(start, end, true, SegmentSink.Kind.TEXT, "");
    }
  }

  private static boolean standsAlone(int codePoint) {
    if (codePoint < 0x80) {
      // Signs such as + and $ count, too.
      return codePoint > ' ' && codePoint < 0x7F && !Character.isLetterOrDigit(codePoint);
    }
    return isPunctuation(codePoint) || isIdeograph(codePoint);
  }

  private static boolean isPunctuation(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** The blocks of CJK ideographs that BERT knew, which are neither kana nor Hangul. */
  private static boolean isIdeograph(int codePoint) {
    return (codePoint >= 0x4E00 && codePoint <= 0x9FFF)
        || (codePoint >= 0x3400 && codePoint <= 0x4DBF)
        || (codePoint >= 0x20000 && codePoint <= 0x2A6DF)
        || (codePoint >= 0x2A700 && codePoint <= 0x2B73F)
        || (codePoint >= 0x2B740 && codePoint <= 0x2B81F)
        || (codePoint >= 0x2B820 && codePoint <= 0x2CEAF)
        || (codePoint >= 0xF900 && codePoint <= 0xFAFF)
        || (codePoint >= 0x2F800 && codePoint <= 0x2FA1F);
  }
}
