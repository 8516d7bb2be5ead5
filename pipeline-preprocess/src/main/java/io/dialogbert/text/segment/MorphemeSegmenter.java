package io.dialogbert.text.segment;

import io.dialogbert.text.morpheme.MorphemeAnalyzer;
import io.dialogbert.text.normalize.CodePoints;
import java.util.List;
import java.util.function.Function;

/**
 * Cuts text into morphemes as MeCab does, and keeps punctuation.
 *
 * <p>User symbols are separated first and stay whole; the text around them is analyzed separately.
 * A combining mark or a part of a joined emoji is never cut off from what precedes it.
 */
public final class MorphemeSegmenter implements Segmenter {
  private static final char ZERO_WIDTH_JOINER = '\u200D';

  private final UserSymbols userSymbols;
  private final Function<String, MorphemeAnalyzer> analyzers;
  private final boolean tagged;

  /**
   * Makes a segmenter.
   *
   * @param userSymbols symbols that stay whole, such as {@code [PHONE]}
   * @param analyzers the calling thread's analyzer of a language
   * @param tagged whether segments get their part of speech
   */
  public MorphemeSegmenter(
      List<String> userSymbols, Function<String, MorphemeAnalyzer> analyzers, boolean tagged) {
    this.userSymbols = new UserSymbols(userSymbols);
    this.analyzers = analyzers;
    this.tagged = tagged;
  }

  @Override
  public void segment(String text, String lang, SegmentSink sink) {
    MorphemeAnalyzer analyzer = analyzers.apply(lang);
    userSymbols.visit(
        text,
        (from, to, isSymbol) -> {
          if (isSymbol) {
            sink.segment(
                from, to, UserSymbols.startsWord(text, from), SegmentSink.Kind.USER_SYMBOL, "");
          } else {
            MorphemeJoiner joiner = new MorphemeJoiner(text, analyzer, sink);
            analyzer.analyze(text, from, to, joiner);
            joiner.flush();
          }
        });
  }

  /** Passes morphemes on. Joins the next one to the last where the text must not be split. */
  private final class MorphemeJoiner implements MorphemeAnalyzer.Sink {
    private final String text;
    private final MorphemeAnalyzer analyzer;
    private final SegmentSink sink;
    private int pendingStart = -1;
    private int pendingEnd = -1;
    private int pendingEntry;

    MorphemeJoiner(String text, MorphemeAnalyzer analyzer, SegmentSink sink) {
      this.text = text;
      this.analyzer = analyzer;
      this.sink = sink;
    }

    @Override
    public void morpheme(int start, int end, int entry) {
      if (pendingEnd != start || maySplit(text, start)) {
        flush();
        pendingStart = start;
        pendingEntry = entry;
      }
      pendingEnd = end;
    }

    void flush() {
      if (pendingStart >= 0) {
        sink.segment(
            pendingStart,
            pendingEnd,
            UserSymbols.startsWord(text, pendingStart),
            SegmentSink.Kind.TEXT,
            tagged ? analyzer.tag(pendingEntry) : "");
        pendingStart = -1;
      }
    }
  }

  /** Whether a split at an index keeps combining marks and joined emoji whole. */
  private static boolean maySplit(String text, int index) {
    char next = text.charAt(index);
    if (next >= 0xAC00 && next <= 0xD7A3) {
      return true;
    }
    boolean joined = next == ZERO_WIDTH_JOINER || text.charAt(index - 1) == ZERO_WIDTH_JOINER;
    return !joined && !CodePoints.isMark(text.codePointAt(index));
  }
}
