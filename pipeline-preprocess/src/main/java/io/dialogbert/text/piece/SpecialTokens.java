package io.dialogbert.text.piece;

import java.util.List;

/** The tokens that structure an example. Their ids are the same in every vocabulary. */
public final class SpecialTokens {
  /** Pads an example to the batch's length. */
  public static final int PAD = 0;

  /** Stands for text that no piece covers. */
  public static final int UNK = 1;

  /** Opens an example; its output vector stands for the whole example. */
  public static final int CLS = 2;

  /** Ends the first and the second part of an example. */
  public static final int SEP = 3;

  /** Hides a token in masked language modeling. */
  public static final int MASK = 4;

  /** Separates two turns within a part. */
  public static final int SEPT = 5;

  /** The special tokens, each at the index that is its id. */
  public static final List<String> ALL =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[SEPT]");

  private SpecialTokens() {}

  /** The type of a special token in a SentencePiece model. */
  public static PieceType type(int id) {
    return id == UNK ? PieceType.UNKNOWN : PieceType.CONTROL;
  }
}
