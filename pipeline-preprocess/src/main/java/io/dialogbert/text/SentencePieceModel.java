package io.dialogbert.text;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.WordMark;
import io.dialogbert.text.segment.Segmenter;
import io.dialogbert.text.train.TrainerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A unigram model in SentencePiece's file format: the message {@code ModelProto} of {@code
 * sentencepiece_model.proto}. The model does not normalize text, so the official library gives the
 * same pieces.
 *
 * @param pieces the pieces, each at the index that is its id
 * @param wholeTexts whether the library is given whole texts, to which it adds a leading space; if
 *     not, it is given segments with their marks
 */
public record SentencePieceModel(List<Piece> pieces, boolean wholeTexts) {
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
    static final int BYTE_FALLBACK = 35;
    static final int UNK_ID = 40;
    static final int BOS_ID = 41;
    static final int EOS_ID = 42;
    static final int PAD_ID = 43;
    static final int UNK_PIECE = 45;
    static final int PAD_PIECE = 48;

    static final int NORMALIZER_NAME = 1;
    static final int PRECOMPILED_CHARSMAP = 2;
    static final int ADD_DUMMY_PREFIX = 3;
    static final int REMOVE_EXTRA_WHITESPACES = 4;
    static final int ESCAPE_WHITESPACES = 5;
  }

  private static final List<String> MODEL_TYPES = List.of("", "unigram", "bpe", "word", "char");
  private static final int UNIGRAM = MODEL_TYPES.indexOf("unigram");
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
          out.writeByteArray(Field.NORMALIZER_SPEC, message(this::writeNormalizerSpec));
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
    boolean bytes = pieces.stream().anyMatch(piece -> piece.type() == PieceType.BYTE);
    out.writeBool(Field.BYTE_FALLBACK, bytes);
    out.writeInt32(Field.UNK_ID, SpecialTokens.UNK);
    out.writeInt32(Field.BOS_ID, NONE);
    out.writeInt32(Field.EOS_ID, NONE);
    out.writeInt32(Field.PAD_ID, SpecialTokens.PAD);
    out.writeString(Field.UNK_PIECE, SpecialTokens.ALL.get(SpecialTokens.UNK));
    out.writeString(Field.PAD_PIECE, SpecialTokens.ALL.get(SpecialTokens.PAD));
  }

  private void writeNormalizerSpec(CodedOutputStream out) throws IOException {
    out.writeString(Field.NORMALIZER_NAME, "identity");
    out.writeBool(Field.ADD_DUMMY_PREFIX, wholeTexts);
    out.writeBool(Field.REMOVE_EXTRA_WHITESPACES, wholeTexts);
    out.writeBool(Field.ESCAPE_WHITESPACES, true);
  }

  /**
   * Reads a {@code .model} file.
   *
   * @throws InvalidProtocolBufferException if the bytes are not a complete unigram model without
   *     normalization; the message says what is wrong
   */
  public static SentencePieceModel parse(byte[] bytes) throws InvalidProtocolBufferException {
    List<Piece> pieces = new ArrayList<>();
    boolean normalizerSeen = false;
    boolean dummyPrefix = true;
    int modelType = UNIGRAM;
    boolean changesText = false;
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case Field.PIECES -> pieces.add(parsePiece(in.readByteArray()));
          case Field.TRAINER_SPEC ->
              modelType = (int) number(in.readByteArray(), Field.MODEL_TYPE, UNIGRAM);
          case Field.NORMALIZER_SPEC -> {
            byte[] normalizer = in.readByteArray();
            normalizerSeen = true;
            dummyPrefix = number(normalizer, Field.ADD_DUMMY_PREFIX, 1) != 0;
            changesText = number(normalizer, Field.PRECOMPILED_CHARSMAP, 0) > 0;
          }
          default -> in.skipField(tag);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidProtocolBufferException(e.getMessage());
    }
    // The normalizer is the last of the three parts, so a file cut between two parts lacks it.
    if (pieces.isEmpty() || !normalizerSeen) {
      throw new InvalidProtocolBufferException(
          pieces.size() + " pieces and " + (normalizerSeen ? "a" : "no") + " normalizer");
    }
    if (modelType != UNIGRAM) {
      throw new InvalidProtocolBufferException(
          "its type is "
              + (modelType > 0 && modelType < MODEL_TYPES.size()
                  ? MODEL_TYPES.get(modelType)
                  : String.valueOf(modelType))
              + ", not unigram");
    }
    if (changesText) {
      throw new InvalidProtocolBufferException(
          "it normalizes text by rules of its own; train it with"
              + " --normalization_rule_name=identity");
    }
    return new SentencePieceModel(pieces, dummyPrefix);
  }

  /** A number, or the length of a string, in a message. */
  private static long number(byte[] message, int field, long absent) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    long value = absent;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == field) {
        value =
            WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT
                ? in.readRawVarint64()
                : in.readByteArray().length;
      } else {
        in.skipField(tag);
      }
    }
    return value;
  }

  /**
   * The pieces of this model under this project's ids: text and bytes follow the special tokens and
   * user symbols.
   *
   * @throws IllegalArgumentException if the model has a user symbol that {@code config} lacks, a
   *     piece that is a special token, crosses a space or has no score (all by id), or if byte
   *     fallback differs
   */
  public List<Piece> adopt(TrainerConfig config) {
    List<Piece> adopted = config.fixedPieces(WordMark.START);
    Set<String> fixed = config.fixedTexts(WordMark.START);
    boolean bytes = false;
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      switch (piece.type()) {
        case NORMAL -> {
          boolean crossesSpace =
              piece.text().indexOf(Segmenter.WORD_START, 1) > 0 || piece.text().contains(" ");
          if (crossesSpace || fixed.contains(piece.text()) || !Float.isFinite(piece.score())) {
            throw new IllegalArgumentException(
                ("the piece of id %d is a special token, crosses a space or has no score; train"
                        + " with --split_by_whitespace=true and without special tokens as text")
                    .formatted(id));
          }
          adopted.add(piece);
        }
        case BYTE -> bytes = true;
        case USER_DEFINED -> {
          if (!config.userSymbols().contains(piece.text())) {
            throw new IllegalArgumentException("user symbol of id " + id + " is not one of ours");
          }
        }
        case UNKNOWN, CONTROL, UNUSED -> {}
      }
    }
    if (bytes != config.byteFallback()) {
      throw new IllegalArgumentException("byte-fallback must be " + bytes + " for this model");
    }
    return adopted;
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
