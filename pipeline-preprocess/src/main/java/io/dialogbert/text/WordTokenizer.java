package io.dialogbert.text;

import java.util.BitSet;
import java.util.List;

/** Cuts text at spaces and around user symbols, whatever the language. */
public final class WordTokenizer implements Segmenter {
  private static final BitSet NO_BOUNDARIES = new BitSet(0);

  private final SegmentCutter cutter;

  /**
   * Makes a tokenizer.
   *
   * @param userSymbols symbols that stay whole, such as {@code [PHONE]}
   */
  public WordTokenizer(List<String> userSymbols) {
    this.cutter = new SegmentCutter(userSymbols);
  }

  @Override
  public List<Segment> segment(String text, String lang) {
    return cutter.cut(text, part -> NO_BOUNDARIES);
  }
}
