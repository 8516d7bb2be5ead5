package io.dialogbert.reaction;

/**
 * The first sentence of a reply, folded: lower case, without laughter, tears, drawls, punctuation
 * and emoji.
 *
 * @param source before folding
 * @param text words separated by single spaces
 * @param question whether it ended in a question mark
 */
record Sentence(String source, String text, boolean question) {
  String withoutSpaces() {
    return text.replace(" ", "");
  }

  /** The form that people see: replies that differ in it may still have the same key. */
  String member() {
    return question ? text + "?" : text;
  }
}
