package io.dialogbert.text.morpheme;

/**
 * How text that is in no dictionary may be cut: MeCab's {@code char.def}.
 *
 * @param classes class of each UTF-16 unit, in [0, 18)
 * @param kinds all classes that a unit belongs to, as bits; a run goes on while neighbors share one
 * @param invoke of each unit, whether unknown words are tried even where the dictionary has one
 * @param group of each unit, whether a whole run may be one unknown word
 * @param maxLength of each unit, the longest other unknown word in characters, 0 for none
 * @param space the class of spaces
 */
record CharacterClasses(
    byte[] classes, int[] kinds, boolean[] invoke, boolean[] group, byte[] maxLength, int space) {
  static final int NUM_UNITS = Character.MAX_VALUE + 1;

  /** The unit whose properties count: beyond the basic plane, those of U+0000, as in MeCab. */
  static char representative(char unit) {
    return Character.isSurrogate(unit) ? 0 : unit;
  }
}
