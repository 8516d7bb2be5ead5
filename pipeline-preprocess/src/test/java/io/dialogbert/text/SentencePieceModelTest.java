package io.dialogbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.text.piece.WordMark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentencePieceModelTest {
  @Test
  void readsBackEveryTypeOfPiece() throws InvalidProtocolBufferException {
    List<Piece> pieces = new ArrayList<>();
    for (PieceType type : PieceType.values()) {
      pieces.add(new Piece("▁😀" + type, -1.5f * type.number(), type));
    }
    for (boolean wholeTexts : new boolean[] {true, false}) {
      SentencePieceModel model = new SentencePieceModel(pieces, wholeTexts);
      assertThat(SentencePieceModel.parse(model.toBytes())).isEqualTo(model);
    }
  }

  @Test
  void refusesAnUnknownType() {
    // One piece with type field (3) = 9, in protobuf's wire format.
    byte[] bytes = {0x0A, 0x02, 0x18, 0x09};
    assertThatThrownBy(() -> SentencePieceModel.parse(bytes))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessage("unknown type of piece: 9");
  }

  @Test
  void refusesModelsOfAnotherTypeAndThoseThatChangeText() {
    byte[] model = new SentencePieceModel(Samples.pieces(), false).toBytes();
    // A later message for the same field replaces earlier values.
    byte[] bpe = append(model, 0x12, 0x02, 0x18, 0x02);
    assertThatThrownBy(() -> SentencePieceModel.parse(bpe))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessage("its type is bpe, not unigram");
    byte[] folding = append(model, 0x1A, 0x03, 0x12, 0x01, 0x00);
    assertThatThrownBy(() -> SentencePieceModel.parse(folding))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessage(
            "it normalizes text by rules of its own; train it with"
                + " --normalization_rule_name=identity");
  }

  private static byte[] append(byte[] model, int... bytes) {
    byte[] longer = Arrays.copyOf(model, model.length + bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      longer[model.length + i] = (byte) bytes[i];
    }
    return longer;
  }

  @Test
  void adoptsThePiecesOfAModelFromElsewhere() {
    List<Piece> foreign =
        List.of(
            new Piece("<unk>", 0, PieceType.UNKNOWN),
            new Piece("<s>", 0, PieceType.CONTROL),
            new Piece("[PHONE]", 0, PieceType.USER_DEFINED),
            new Piece("▁안녕", -2, PieceType.NORMAL),
            new Piece("▁", -3, PieceType.NORMAL));
    List<Piece> adopted = new SentencePieceModel(foreign, true).adopt(Samples.config(100, 1));
    assertThat(adopted.subList(7, 9)).isEqualTo(foreign.subList(3, 5));
    assertThat(adopted).hasSize(9).element(6).isEqualTo(foreign.get(2));

    Piece other = new Piece("<mine>", 0, PieceType.USER_DEFINED);
    assertThatThrownBy(
            () -> new SentencePieceModel(List.of(other), true).adopt(Samples.config(100, 1)))
        .hasMessage("user symbol of id 0 is not one of ours");
    for (String text : List.of("▁a▁b", "a b", "[CLS]", "[PHONE]")) {
      Piece odd = new Piece(text, -1, PieceType.NORMAL);
      assertThatThrownBy(
              () -> new SentencePieceModel(List.of(odd), true).adopt(Samples.config(100, 1)))
          .hasMessageStartingWith(
              "the piece of id 0 is a special token, crosses a space or has no");
    }
    Piece oneByte = new Piece("<0x00>", 0, PieceType.BYTE);
    assertThatThrownBy(
            () -> new SentencePieceModel(List.of(oneByte), true).adopt(Samples.config(100, 1)))
        .hasMessage("byte-fallback must be true for this model");
  }

  @Test
  void vocabularyRefusesAPieceThatIsThereTwice() {
    List<Piece> pieces = new ArrayList<>(Samples.pieces());
    pieces.add(pieces.get(10));
    assertThatThrownBy(() -> new Vocabulary(pieces, WordMark.START))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a piece must be unique and not empty, but that of id 64 is not");
  }
}
