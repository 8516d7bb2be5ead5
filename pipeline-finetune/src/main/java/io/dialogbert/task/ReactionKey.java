package io.dialogbert.task;

import java.util.Locale;

/** What makes two short replies the same reaction: "좋아!!", "좋아 ㅋㅋ" and "좋아~" are one. */
public final class ReactionKey {
  /** Longer replies say something of their own. */
  static final int MAX_CHARACTERS = 12;

  private ReactionKey() {}

  /**
   * The reply without laughter, tears, punctuation, emoji and spaces around and within, in lower
   * case; a reply of nothing but laughter or tears keeps one sign of it.
   *
   * @param reply normalised text
   * @return the key, empty if the reply is too long or holds no letter
   */
  public static String of(String reply) {
    if (reply.indexOf('[') >= 0) {
      // A placeholder of masked personal data is no reaction.
      return "";
    }
    String text = reply.toLowerCase(Locale.ROOT);
    StringBuilder words = new StringBuilder();
    StringBuilder sounds = new StringBuilder();
    text.codePoints()
        .filter(Character::isLetter)
        .forEach(letter -> (isSound(letter) ? sounds : words).appendCodePoint(letter));
    if (words.length() == 0 && sounds.length() > 0) {
      int first = sounds.codePointAt(0);
      return Character.toString(first).repeat(2);
    }
    return words.length() > MAX_CHARACTERS ? "" : words.toString();
  }

  /**
   * Laughter and tears, which Korean writes in single letters; a w at the end of Japanese is left
   * to the classes.
   */
  private static boolean isSound(int letter) {
    return letter == 'ㅋ' || letter == 'ㅎ' || letter == 'ㅠ' || letter == 'ㅜ';
  }
}
