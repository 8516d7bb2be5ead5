package io.dialogbert.text.morpheme;

/**
 * How to cut text that is in no dictionary: MeCab's {@code char.def}.
 *
 * @param classes class of each UTF-16 unit, in [0, 18)
 * @param kinds all classes that a unit belongs to, as a bit set; a run continues while neighbors
 *     share a class
 * @param invoke for each unit, whether unknown words are tried even where the dictionary has a word
 * @param group for each unit, whether a whole run may be one unknown word
 * @param maxLength for each unit, the maximum length of other unknown words in characters, 0 for
 *     none
 * @param space the class of spaces
 */
record CharacterClasses(
    byte[] classes, int[] kinds, boolean[] invoke, boolean[] group, byte[] maxLength, int space) {
  static final int NUM_UNITS = Character.MAX_VALUE + 1;

  /**
   * The unit whose properties apply. Characters beyond the basic plane use those of U+0000, as in
   * MeCab.
   */
  static char representative(char unit) {
    return Character.isSurrogate(unit) ? 0 : unit;
  }
}
