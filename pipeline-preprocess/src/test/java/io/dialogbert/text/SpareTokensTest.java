package io.dialogbert.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.piece.Piece;
import io.dialogbert.text.piece.PieceType;
import io.dialogbert.text.piece.SpareTokens;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import io.dialogbert.text.piece.WordMark;
import io.dialogbert.text.train.TrainerConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SpareTokensTest {
  private static final String SPELLED =
      String.join(" ", SpareTokens.ALL) + String.join("", SpareTokens.ALL) + " ##[unused0]";
  private static final int NUM_SPARES = 16;

  /** Texts that spell spare tokens so often that a trainer would make them pieces. */
  private static Map<String, Long> counts(TokenizerSettings settings) {
    Map<String, Long> counts = new HashMap<>();
    List.of("안녕 나는 학교에 가", SPELLED)
        .forEach(
            text ->
                settings
                    .trainingSegmenter()
                    .segments(text, "ko")
                    .forEach(word -> counts.merge(word, 100L, Long::sum)));
    return counts;
  }

  private static TokenizerSettings settings(TokenizerMethod method) {
    return new TokenizerSettings(method, new Normalizer(2, false), List.of("[PHONE]"));
  }

  private static List<Piece> trained(TokenizerMethod method, int vocabSize, int numSpares) {
    TrainerConfig config =
        new TrainerConfig(
            vocabSize,
            numSpares,
            16,
            1,
            false,
            List.of("[PHONE]"),
            new TrainerConfig.Unigram(10_000, 0.75, 2));
    return method.trainer(config).train(counts(settings(method)));
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void areTheLastPiecesAndMoveNoOther(TokenizerMethod method) {
    List<Piece> without = trained(method, 46, 0);
    List<Piece> pieces = trained(method, 46 + NUM_SPARES, NUM_SPARES);
    assertThat(pieces).isEqualTo(without).hasSizeLessThanOrEqualTo(46);

    Vocabulary vocabulary = reloaded(SpareTokens.appendTo(pieces), method).vocabulary();
    assertThat(vocabulary.size()).isEqualTo(without.size() + NUM_SPARES);
    assertThat(vocabulary.sizeWithoutSpares()).isEqualTo(without.size());
    assertThat(vocabulary.spareIds())
        .isEqualTo(IntStream.range(without.size(), vocabulary.size()).toArray());
    assertThat(IntStream.of(vocabulary.spareIds()).mapToObj(vocabulary::piece))
        .containsExactlyElementsOf(SpareTokens.ALL);
    assertThat(IntStream.of(vocabulary.spareIds())).allMatch(vocabulary::isSpecial);
    assertThat(vocabulary.isSpecial(without.size() - 1)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void textNeverBecomesOne(TokenizerMethod method) {
    List<Piece> pieces = trained(method, 46, 0);
    Tokenizer tokenizer = reloaded(SpareTokens.appendTo(pieces), method);
    Tokenizer without = reloaded(pieces, method);
    for (String text : List.of(SPELLED, "[unused0]", "안녕[unused15] 나는", "▁[unused1]▁")) {
      assertThat(tokenizer.encode(text, "ko"))
          .isNotEmpty()
          .isEqualTo(without.encode(text, "ko"))
          .doesNotContain(tokenizer.vocabulary().spareIds());
    }
    int[] marked = {
      SpecialTokens.CLS, tokenizer.vocabulary().spareIds()[0], SpecialTokens.UNK, SpecialTokens.SEP
    };
    assertThat(tokenizer.decode(marked)).isEqualTo("[UNK]");
  }

  @ParameterizedTest
  @EnumSource(TokenizerMethod.class)
  void aTokenizerFromBeforeThemHasNone(TokenizerMethod method) {
    List<Piece> pieces = trained(method, 46, 0);
    SerializedTokenizer now = SerializedTokenizer.of(pieces, settings(method));
    String settings =
        new String(now.settings(), StandardCharsets.UTF_8)
            .replace("\"format_version\" : 3", "\"format_version\" : 2")
            .replaceAll("  \"spare_tokens\" : \\[ ],\n", "");
    assertThat(settings).contains("\"format_version\" : 2").doesNotContain("spare");
    Tokenizer before =
        new SerializedTokenizer(now.vocabulary(), settings.getBytes(StandardCharsets.UTF_8))
            .tokenizer();
    assertThat(before.vocabulary().spareIds()).isEmpty();
    assertThat(before.vocabulary().sizeWithoutSpares()).isEqualTo(pieces.size());
    assertThat(before.encode(SPELLED, "ko")).isEqualTo(now.tokenizer().encode(SPELLED, "ko"));
  }

  @Test
  void areLast() {
    List<Piece> pieces = new ArrayList<>(SpareTokens.appendTo(Samples.pieces()));
    pieces.add(new Piece("뒤", -1, PieceType.NORMAL));
    assertThatThrownBy(() -> new Vocabulary(pieces, WordMark.START))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("spare tokens must be last, but id 64 is of type CONTROL");
  }

  @Test
  void areNoUserSymbols() {
    assertThatThrownBy(
            () ->
                new TokenizerSettings(
                    TokenizerMethod.SUBWORD, new Normalizer(2, false), List.of("[unused0]")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a user symbol must not be the special token [unused0]");
  }

  @Test
  void countInTheSizeThatIsTooSmall() {
    assertThatThrownBy(() -> trained(TokenizerMethod.SPACE, 23, NUM_SPARES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "vocab-size must be more than the 23 special tokens, user symbols and bytes, but is 23");
  }

  /** The tokenizer as it is read from its files. */
  private static Tokenizer reloaded(List<Piece> pieces, TokenizerMethod method) {
    SerializedTokenizer made = SerializedTokenizer.of(pieces, settings(method));
    return new SerializedTokenizer(
            Arrays.copyOf(made.vocabulary(), made.vocabulary().length), made.settings())
        .tokenizer();
  }
}
