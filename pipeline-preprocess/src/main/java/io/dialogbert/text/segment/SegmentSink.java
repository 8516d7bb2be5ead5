package io.dialogbert.text.segment;

/** Receives the segments of a text, in order. */
public interface SegmentSink {
  /**
   * A span of text that subwords do not cross: a morpheme, a word or a user symbol. It is never
   * empty and has no spaces.
   *
   * @param start where it starts in the text
   * @param end where it ends, exclusive
   * @param startsWord whether it follows a space or starts the text
   * @param kind what it is
   * @param tag its part of speech if the method gives one, otherwise empty
   */
  void segment(int start, int end, boolean startsWord, Kind kind, String tag);

  /** What a segment is. */
  enum Kind {
    TEXT,
    /** A user symbol, which stays one piece. */
    USER_SYMBOL
  }
}
