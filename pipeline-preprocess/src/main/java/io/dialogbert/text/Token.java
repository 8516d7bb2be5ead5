package io.dialogbert.text;

/**
 * A token and where it comes from.
 *
 * @param id in [0, vocabulary size)
 * @param piece the vocabulary's piece; where the id is {@code [UNK]}, the characters that no piece
 *     covers
 * @param start where what it stands for starts in the text, in UTF-16 units
 * @param end where that ends, exclusive; equal to {@code start} for a word mark that stands alone.
 *     The byte pieces of one character all have the place of that character.
 */
public record Token(int id, String piece, int start, int end) {}
