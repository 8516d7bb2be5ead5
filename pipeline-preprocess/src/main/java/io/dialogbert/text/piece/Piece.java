package io.dialogbert.text.piece;

/**
 * An entry of a SentencePiece model.
 *
 * @param text its characters, with U+2581 for a space
 * @param score natural logarithm of its probability; 0 for types that are not used to cut text
 * @param type its role
 */
public record Piece(String text, float score, PieceType type) {}
