package io.dialogbert.text.piece;

import java.util.Arrays;

/** The types of pieces in a SentencePiece model. */
public enum PieceType {
  /** A piece for cutting text. */
  NORMAL(1),
  /** The piece for text that nothing else covers. */
  UNKNOWN(2),
  /** A piece that text never produces, even if it spells it. */
  CONTROL(3),
  /** A piece that is never cut. */
  USER_DEFINED(4),
  /** A piece that only reserves its id. */
  UNUSED(5),
  /** One byte of text that no other piece covers. */
  BYTE(6);

  private final int number;

  PieceType(int number) {
    this.number = number;
  }

  /** The number in the model file. */
  public int number() {
    return number;
  }

  /**
   * Gives the type of a number.
   *
   * @throws IllegalArgumentException if no type has it
   */
  public static PieceType ofNumber(int number) {
    return Arrays.stream(values())
        .filter(type -> type.number == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown type of piece: " + number));
  }
}
