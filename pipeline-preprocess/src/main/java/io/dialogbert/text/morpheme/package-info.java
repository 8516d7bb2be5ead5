/** Cuts Korean and Japanese text into morphemes with a MeCab or Lucene dictionary. */
package io.dialogbert.text.morpheme;
