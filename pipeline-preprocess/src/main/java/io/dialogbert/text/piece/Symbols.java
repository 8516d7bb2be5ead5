package io.dialogbert.text.piece;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Words and pieces as numbers. A code point is its own number. A part of speech, written after the
 * last slash as in {@code 하/XSV}, is one number beyond Unicode, so no piece ends inside a tag.
 */
public final class Symbols {
  /** Without parts of speech: numbers are code points. */
  public static final Symbols CODE_POINTS = new Symbols(List.of());

  private static final int FIRST_TAG = Character.MAX_CODE_POINT + 1;

  /** The character before a tag. */
  public static final char TAG_START = '/';

  private final List<String> tags;
  private final Map<String, Integer> numbers = new HashMap<>();

  private Symbols(Collection<String> tags) {
    this.tags = List.copyOf(tags);
    this.tags.forEach(tag -> numbers.put(tag, FIRST_TAG + numbers.size()));
  }

  /** The symbols of words that all end in a tag or have no slash. */
  public static Symbols ofTaggedWords(Collection<String> words) {
    TreeSet<String> tags = new TreeSet<>();
    words.forEach(
        word -> {
          int slash = word.lastIndexOf(TAG_START);
          if (slash >= 0) {
            tags.add(word.substring(slash + 1));
          }
        });
    return new Symbols(tags);
  }

  /**
   * The symbols of a vocabulary, taken from its pieces that are only a slash and a tag. No other
   * piece has a letter after a slash, since trainers cut after it.
   */
  public static Symbols ofVocabulary(Vocabulary vocabulary) {
    TreeSet<String> tags = new TreeSet<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      String piece = vocabulary.piece(id);
      if (piece.length() > 1
          && piece.charAt(0) == TAG_START
          && Character.isLetter(piece.codePointAt(1))) {
        tags.add(piece.substring(1));
      }
    }
    return new Symbols(tags);
  }

  /** A word with its part of speech. */
  public static String tagged(String word, String tag) {
    return tag.isEmpty() ? word : word + TAG_START + tag;
  }

  /** Whether words may end in a tag. */
  public boolean hasTags() {
    return !tags.isEmpty();
  }

  /** All numbers are below this. */
  public int limit() {
    return FIRST_TAG + tags.size() + 1;
  }

  public static boolean isTag(int symbol) {
    return symbol >= FIRST_TAG;
  }

  /** The number of a tag. All unknown tags share one extra number. */
  int ofTag(String tag) {
    return numbers.getOrDefault(tag, FIRST_TAG + tags.size());
  }

  /** Index of the slash before the tag of a piece, or the piece's length if it has no tag. */
  public int endOfText(String piece) {
    int slash = piece.lastIndexOf(TAG_START);
    return slash >= 0 && numbers.containsKey(piece.substring(slash + 1)) ? slash : piece.length();
  }

  public int[] of(String piece) {
    int end = endOfText(piece);
    int numCodePoints = piece.codePointCount(0, end);
    int[] symbols = new int[numCodePoints + (end < piece.length() ? 1 : 0)];
    for (int i = 0, at = 0; i < numCodePoints; i++) {
      symbols[i] = piece.codePointAt(at);
      at += Character.charCount(symbols[i]);
    }
    if (end < piece.length()) {
      symbols[numCodePoints] = ofTag(piece.substring(end + 1));
    }
    return symbols;
  }

  public String string(int[] symbols, int from, int length) {
    boolean tagged = length > 0 && isTag(symbols[from + length - 1]);
    String text = new String(symbols, from, tagged ? length - 1 : length);
    return tagged ? tagged(text, tags.get(symbols[from + length - 1] - FIRST_TAG)) : text;
  }
}
