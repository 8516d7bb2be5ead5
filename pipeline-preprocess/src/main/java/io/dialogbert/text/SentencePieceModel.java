package io.dialogbert.text;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A unigram model in SentencePiece's file format, the message {@code ModelProto} of {@code
 * sentencepiece_model.proto}. It neither changes the text nor puts a space before it: both are the
 * caller's business, so that a model gives the same pieces here and in the official library.
 *
 * @param pieces the pieces, each at the index that is its id; the first are {@link SpecialTokens}
 */
public record SentencePieceModel(List<Piece> pieces) {
  /** Field numbers of sentencepiece_model.proto. */
  private static final class Field {
    static final int PIECES = 1;
    static final int TRAINER_SPEC = 2;
    static final int NORMALIZER_SPEC = 3;

    static final int PIECE_TEXT = 1;
    static final int PIECE_SCORE = 2;
    static final int PIECE_TYPE = 3;

    static final int MODEL_TYPE = 3;
    static final int VOCAB_SIZE = 4;
    static final int CONTROL_SYMBOLS = 30;
    static final int USER_DEFINED_SYMBOLS = 31;
    static final int UNK_ID = 40;
    static final int BOS_ID = 41;
    static final int EOS_ID = 42;
    static final int PAD_ID = 43;
    static final int UNK_PIECE = 45;
    static final int PAD_PIECE = 48;

    static final int NORMALIZER_NAME = 1;
    static final int ADD_DUMMY_PREFIX = 3;
    static final int REMOVE_EXTRA_WHITESPACES = 4;
    static final int ESCAPE_WHITESPACES = 5;
  }

  private static final int UNIGRAM = 1;
  private static final int NONE = -1;

  /** Copies the list. */
  public SentencePieceModel {
    pieces = List.copyOf(pieces);
  }

  /**
   * Writes the model as the bytes of a {@code .model} file; the same pieces give the same bytes.
   */
  public byte[] toBytes() {
    return message(
        out -> {
          for (Piece piece : pieces) {
            out.writeByteArray(Field.PIECES, message(fields -> writePiece(piece, fields)));
          }
          out.writeByteArray(Field.TRAINER_SPEC, message(this::writeTrainerSpec));
          out.writeByteArray(
              Field.NORMALIZER_SPEC, message(SentencePieceModel::writeNormalizerSpec));
        });
  }

  private static void writePiece(Piece piece, CodedOutputStream out) throws IOException {
    out.writeString(Field.PIECE_TEXT, piece.text());
    out.writeFloat(Field.PIECE_SCORE, piece.score());
    out.writeEnum(Field.PIECE_TYPE, piece.type().number());
  }

  private void writeTrainerSpec(CodedOutputStream out) throws IOException {
    out.writeEnum(Field.MODEL_TYPE, UNIGRAM);
    out.writeInt32(Field.VOCAB_SIZE, pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      if (piece.type() == PieceType.CONTROL && id != SpecialTokens.PAD) {
        out.writeString(Field.CONTROL_SYMBOLS, piece.text());
      }
    }
    for (Piece piece : pieces) {
      if (piece.type() == PieceType.USER_DEFINED) {
        out.writeString(Field.USER_DEFINED_SYMBOLS, piece.text());
      }
    }
    out.writeInt32(Field.UNK_ID, SpecialTokens.UNK);
    out.writeInt32(Field.BOS_ID, NONE);
    out.writeInt32(Field.EOS_ID, NONE);
    out.writeInt32(Field.PAD_ID, SpecialTokens.PAD);
    out.writeString(Field.UNK_PIECE, SpecialTokens.ALL.get(SpecialTokens.UNK));
    out.writeString(Field.PAD_PIECE, SpecialTokens.ALL.get(SpecialTokens.PAD));
  }

  private static void writeNormalizerSpec(CodedOutputStream out) throws IOException {
    out.writeString(Field.NORMALIZER_NAME, "identity");
    out.writeBool(Field.ADD_DUMMY_PREFIX, false);
    out.writeBool(Field.REMOVE_EXTRA_WHITESPACES, false);
    out.writeBool(Field.ESCAPE_WHITESPACES, true);
  }

  /**
   * Reads the pieces of a {@code .model} file.
   *
   * @throws InvalidProtocolBufferException if the bytes are not a whole model; says what is wrong
   */
  public static SentencePieceModel parse(byte[] bytes) throws InvalidProtocolBufferException {
    List<Piece> pieces = new ArrayList<>();
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      boolean normalizerSeen = false;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        if (field == Field.PIECES) {
          pieces.add(parsePiece(in.readByteArray()));
        } else {
          normalizerSeen |= field == Field.NORMALIZER_SPEC;
          in.skipField(tag);
        }
      }
      // It is the last of the three parts, so a file cut between two parts lacks it.
      if (pieces.isEmpty() || !normalizerSeen) {
        throw new InvalidProtocolBufferException(
            pieces.size() + " pieces and " + (normalizerSeen ? "a" : "no") + " normalizer");
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidProtocolBufferException(e.getMessage());
    }
    return new SentencePieceModel(pieces);
  }

  private static Piece parsePiece(byte[] bytes) throws IOException {
    String text = "";
    float score = 0;
    PieceType type = PieceType.NORMAL;
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case Field.PIECE_TEXT -> text = in.readStringRequireUtf8();
        case Field.PIECE_SCORE -> score = in.readFloat();
        case Field.PIECE_TYPE -> type = PieceType.ofNumber(in.readEnum());
        default -> in.skipField(tag);
      }
    }
    return new Piece(text, score, type);
  }

  /** Writes the fields of one message. */
  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
