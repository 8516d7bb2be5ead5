package io.dialogbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentencePieceModelTest {
  @Test
  void readsBackEveryTypeOfPiece() throws InvalidProtocolBufferException {
    List<Piece> pieces = new ArrayList<>();
    for (PieceType type : PieceType.values()) {
      pieces.add(new Piece("▁😀" + type, -1.5f * type.number(), type));
    }
    SentencePieceModel model = new SentencePieceModel(pieces);
    assertThat(SentencePieceModel.parse(model.toBytes())).isEqualTo(model);
  }

  @Test
  void refusesAnUnknownType() {
    // One piece whose type field (3) is 9, in protobuf's wire format.
    byte[] bytes = {0x0A, 0x02, 0x18, 0x09};
    assertThatThrownBy(() -> SentencePieceModel.parse(bytes))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessage("unknown type of piece: 9");
  }

  @Test
  void vocabularyRefusesAPieceThatIsThereTwice() {
    List<Piece> pieces = new ArrayList<>(Samples.model().pieces());
    pieces.add(pieces.get(10));
    SentencePieceModel model = new SentencePieceModel(pieces);
    assertThatThrownBy(() -> new Vocabulary(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a piece must be unique and not empty, but that of id 64 is not");
  }
}
