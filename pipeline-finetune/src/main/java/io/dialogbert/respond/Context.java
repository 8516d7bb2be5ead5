package io.dialogbert.respond;

import io.dialogbert.respond.BadContextException.Problem;
import java.util.List;

/**
 * What is to be answered.
 *
 * @param lang ko or ja
 * @param turns the turns of a dialogue, the last one to be answered
 */
public record Context(String lang, List<String> turns) {
  public static final List<String> LANGUAGES = List.of("ko", "ja");

  /** Models read fewer; the others are left out. */
  public static final int MAX_TURNS = 50;

  /**
   * A context.
   *
   * @throws BadContextException if there is no turn, or one has nothing visible, or the language is
   *     unknown
   */
  public Context {
    turns = List.copyOf(turns);
    if (turns.isEmpty()) {
      throw new BadContextException(Problem.EMPTY_TEXT, "there must be a turn");
    }
    if (turns.size() > MAX_TURNS) {
      throw new BadContextException(
          Problem.TOO_MANY_TURNS,
          "there must be at most " + MAX_TURNS + " turns, there are " + turns.size());
    }
    for (int i = 0; i < turns.size(); i++) {
      if (turns.get(i).isBlank()) {
        throw new BadContextException(
            Problem.EMPTY_TEXT, "turn " + (i + 1) + " must have something visible");
      }
    }
    if (!LANGUAGES.contains(lang)) {
      throw new BadContextException(Problem.UNKNOWN_LANGUAGE, "lang must be ko or ja");
    }
  }

  /**
   * A context in a language that its letters tell: Hangul is Korean, kana are Japanese. The last
   * turn with such a letter decides.
   *
   * @throws BadContextException if no turn has one, or the turns are not a context
   */
  public static Context detect(List<String> turns) {
    for (int i = turns.size() - 1; i >= 0; i--) {
      for (int letter : turns.get(i).codePoints().toArray()) {
        switch (Character.UnicodeScript.of(letter)) {
          case HANGUL -> {
            return new Context("ko", turns);
          }
          case HIRAGANA, KATAKANA -> {
            return new Context("ja", turns);
          }
          default -> {}
        }
      }
    }
    // The other rules come first: a text without letters may be empty.
    new Context(LANGUAGES.get(0), turns);
    throw new BadContextException(
        Problem.UNKNOWN_LANGUAGE, "lang must be given: no turn has Hangul or kana");
  }

  /** The turn to be answered. */
  public String lastTurn() {
    return turns.get(turns.size() - 1);
  }

  /**
   * Checks the length of each turn.
   *
   * @param maxCharacters maximum number of code points
   * @throws BadContextException if a turn is longer
   */
  public void requireAtMost(int maxCharacters) {
    for (int i = 0; i < turns.size(); i++) {
      int length = turns.get(i).codePointCount(0, turns.get(i).length());
      if (length > maxCharacters) {
        throw new BadContextException(
            Problem.TEXT_TOO_LONG,
            "turn %d must have at most %d characters, has %d"
                .formatted(i + 1, maxCharacters, length));
      }
    }
  }

  /** Without the turns, so that no text reaches a log. */
  @Override
  public String toString() {
    return "Context[lang=" + lang + ", turns=" + turns.size() + "]";
  }
}
