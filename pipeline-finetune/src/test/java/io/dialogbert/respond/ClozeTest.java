package io.dialogbert.respond;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ClozeTest {
  private static final Tokenizer TOKENIZER =
      tokenizer("\u2581", "\u2581책", "\u2581을", "을", "\u2581읽", "어");

  private static Tokenizer tokenizer(String... normal) {
    List<Piece> pieces = new ArrayList<>();
    for (String token : SpecialTokens.ALL) {
      PieceType type = pieces.size() == SpecialTokens.UNK ? PieceType.UNKNOWN : PieceType.CONTROL;
      pieces.add(new Piece(token, 0, type));
    }
    for (String piece : normal) {
      pieces.add(new Piece(piece, -1, PieceType.NORMAL));
    }
    return SerializedTokenizer.of(
            pieces,
            new TokenizerSettings(TokenizerMethod.SUBWORD, new Normalizer(2, false), List.of()))
        .tokenizer();
  }

  private static Cloze cloze(String... turns) {
    return Cloze.of(new Context("ko", List.of(turns)), TOKENIZER, 20);
  }

  private static String pieces(Cloze cloze) {
    return Arrays.stream(cloze.sequence().inputIds())
        .mapToObj(TOKENIZER.vocabulary()::piece)
        .collect(Collectors.joining(" "));
  }

  @Test
  void particleAfterAMaskGoesOnInsideItsWord() {
    assertThat(pieces(cloze("[MASK]을 읽어"))).isEqualTo("[CLS] [MASK] 을 \u2581읽 어 [SEP]");
    assertThat(pieces(cloze("[MASK] 을"))).isEqualTo("[CLS] [MASK] \u2581을 [SEP]");
    // The mark of a word's start is a piece of its own here.
    assertThat(pieces(cloze("[MASK]어"))).isEqualTo("[CLS] [MASK] 어 [SEP]");
    // This piece has no form inside words.
    assertThat(pieces(cloze("[MASK]책"))).isEqualTo("[CLS] [MASK] \u2581책 [SEP]");
  }

  @Test
  void masksOfAllTurnsAreFound() {
    Cloze cloze = cloze("책 [MASK][MASK]", "[MASK]어");
    assertThat(pieces(cloze)).isEqualTo("[CLS] \u2581책 [MASK] [MASK] [SEPT] [MASK] 어 [SEP]");
    assertThat(cloze.places()).containsExactly(2, 3, 5);
    assertThat(cloze.sequence().turnIds()).containsExactly(0, 0, 0, 0, 0, 1, 1, 1);
  }

  @Test
  void likeliestTokensComeFirstWithoutSpecialOnes() {
    float[] logits = new float[TOKENIZER.vocabulary().size()];
    logits[SpecialTokens.UNK] = 3;
    int read = TOKENIZER.vocabulary().id("\u2581읽").orElseThrow();
    logits[read] = 2;
    FilledMask mask = FilledMask.of(logits, TOKENIZER.vocabulary(), 2);
    double sum = Math.exp(3) + Math.exp(2) + 10;
    assertThat(mask.tokens().get(0).piece()).isEqualTo("\u2581읽");
    assertThat(mask.tokens().get(0).probability()).isCloseTo(Math.exp(2) / sum, within(1e-12));
    assertThat(mask.tokens().get(1).piece()).isEqualTo("\u2581");
    assertThat(mask.tokens()).hasSize(2);
  }
}
