package io.dialogbert.text.segment;

import java.util.List;

/** Cuts text at spaces and around user symbols, whatever the language. */
public final class WordSegmenter implements Segmenter {
  private final UserSymbols userSymbols;

  /**
   * Makes a segmenter.
   *
   * @param userSymbols symbols that stay whole, such as {@code [PHONE]}
   */
  public WordSegmenter(List<String> userSymbols) {
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
            return;
          }
          for (int start = from; start < to; ) {
            int end = start;
            while (end < to && text.charAt(end) != ' ') {
              end++;
            }
            if (end > start) {
              sink.segment(
                  start, end, UserSymbols.startsWord(text, start), SegmentSink.Kind.TEXT, "");
            }
            start = end + 1;
          }
        });
  }
}
