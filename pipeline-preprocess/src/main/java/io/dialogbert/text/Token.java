package io.dialogbert.text;

/**
 * A token and its source in the text.
 *
 * @param id in [0, vocabulary size)
 * @param piece the vocabulary's piece; for {@code [UNK]}, the characters that no piece covers
 * @param start start of the source in the text, in UTF-16 units
 * @param end end of the source, exclusive; equal to {@code start} for a word mark without other
 *     characters. All byte pieces of a character have that character's start and end.
 */
public record Token(int id, String piece, int start, int end) {}
