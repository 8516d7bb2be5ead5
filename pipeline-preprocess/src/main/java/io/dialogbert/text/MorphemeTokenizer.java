package io.dialogbert.text;

import java.util.List;

/**
 * Cuts text into morphemes: Korean with Nori (mecab-ko-dic, compounds left whole), Japanese with
 * Kuromoji (IPADIC, normal mode), punctuation kept.
 *
 * <p>User symbols are cut apart first and stay whole; the text around them is analyzed on its own.
 * A combining mark, a low surrogate or a part of a joined emoji is never cut from what precedes it.
 */
public final class MorphemeTokenizer implements Segmenter {
  private final SegmentCutter cutter;

  /**
   * Makes a tokenizer.
   *
   * @param userSymbols symbols that stay whole, such as {@code [PHONE]}
   */
  public MorphemeTokenizer(List<String> userSymbols) {
    this.cutter = new SegmentCutter(userSymbols);
  }

  @Override
  public List<Segment> segment(String text, String lang) {
    return cutter.cut(text, MorphemeBoundaries.of(lang)::find);
  }
}
