package io.dialogbert.task;

import java.util.Locale;

/** Decides when two short replies are the same reaction: "좋아!!", "좋아 ㅋㅋ" and "좋아~" are. */
public final class ReactionKey {
  /** Longer replies have content beyond a reaction. */
  static final int MAX_CHARACTERS = 12;

  private ReactionKey() {}

  /**
   * The key of a reply: its letters in lower case, without laughter and tears. Spaces, punctuation
   * and emoji are removed everywhere. A reply of only laughter or tears becomes its first letter,
   * twice.
   *
   * @param reply normalized text
   * @return the key; empty if the reply is too long, has no letter, or contains {@code [}
   */
  public static String of(String reply) {
    if (reply.indexOf('[') >= 0) {
      // A placeholder of masked personal data is not a reaction.
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
   * Laughter and tears, which Korean writes in single letters. A Japanese final w is not removed,
   * so it may form separate classes.
   */
  private static boolean isSound(int letter) {
    return letter == 'ㅋ' || letter == 'ㅎ' || letter == 'ㅠ' || letter == 'ㅜ';
  }
}
