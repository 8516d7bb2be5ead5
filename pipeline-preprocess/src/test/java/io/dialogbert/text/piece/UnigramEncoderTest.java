package io.dialogbert.text.piece;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.sentencepiece.SpTokenizer;
import io.dialogbert.common.Seeds;
import io.dialogbert.text.RandomTexts;
import io.dialogbert.text.SentencePieceModel;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Token;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.TokenizerMethod;
import io.dialogbert.text.TokenizerSettings;
import io.dialogbert.text.normalize.Normalizer;
import io.dialogbert.text.train.TrainerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Compares to the SentencePiece library itself. */
class UnigramEncoderTest {
  private static final String ALPHABET = "가나다라ㅋab!😀";

  @Test
  void givesThePiecesOfTheSentencePieceLibrary() {
    int segments = 0;
    for (int n = 0; n < 300; n++) {
      SplittableRandom random = Seeds.of(RandomTexts.SEED, "unigram", n);
      boolean bytes = n % 3 == 0;
      List<Piece> pieces = pieces(random, bytes);
      PieceEncoder ours =
          new UnigramEncoder(new Vocabulary(pieces, WordMark.START), Symbols.CODE_POINTS);
      try (SpTokenizer theirs = new SpTokenizer(new SentencePieceModel(pieces, false).toBytes())) {
        for (int i = 0; i < 300; i++) {
          String segment = word(random, 1 + random.nextInt(i % 50 == 0 ? 60 : 9));
          boolean startsWord = random.nextBoolean();
          Pieces out = new Pieces();
          ours.encode(segment, 0, segment.length(), startsWord, "", out);
          assertThat(out.toIds())
              .as("%s with %s", segment, RandomTexts.describe(n))
              .isEqualTo(theirs.getProcessor().encode(startsWord ? "▁" + segment : segment));
          segments++;
        }
      }
    }
    assertThat(segments).isEqualTo(90_000);
  }

  /** Trained and segmented with the official library; see make_sentencepiece_golden.py. */
  @Test
  void givesThePiecesOfAModelThatTheOfficialTrainerMade() throws IOException {
    byte[] model;
    List<String> lines;
    try (InputStream file = getClass().getResourceAsStream("/golden/sentencepiece.model");
        InputStream texts = getClass().getResourceAsStream("/golden/sentencepiece.tsv")) {
      model = file.readAllBytes();
      lines = new String(texts.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    TrainerConfig config =
        new TrainerConfig(
            1_000, 16, 1, true, List.of("[PHONE]"), new TrainerConfig.Unigram(1_000, 0.75, 2));
    TokenizerSettings settings =
        new TokenizerSettings(
            TokenizerMethod.SUBWORD, new Normalizer(2, false), config.userSymbols());
    Tokenizer tokenizer =
        SerializedTokenizer.of(SentencePieceModel.parse(model).adopt(config), settings).tokenizer();
    assertThat(lines).hasSize(300);
    for (String line : lines) {
      String[] parts = line.split("\t", -1);
      assertThat(tokenizer.tokenize(parts[0], "ko").stream().map(Token::piece))
          .as(parts[0])
          .containsExactly(parts[1].split(" "));
    }
  }

  /**
   * Random pieces. There are only a few scores, so that segmentations are often equally probable.
   * Scores are multiples of a half, so their sums are exact. Otherwise, versions of the library
   * round differently.
   */
  private static List<Piece> pieces(SplittableRandom random, boolean bytes) {
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < SpecialTokens.ALL.size(); id++) {
      pieces.add(new Piece(SpecialTokens.ALL.get(id), 0, SpecialTokens.type(id)));
    }
    for (int b = 0; bytes && b < 256; b++) {
      pieces.add(new Piece("<0x%02X>".formatted(b), 0, PieceType.BYTE));
    }
    Set<String> texts = new HashSet<>(Set.of("▁"));
    pieces.add(new Piece("▁", -4, PieceType.NORMAL));
    for (int i = 0; i < 40; i++) {
      String text = word(random, 1 + random.nextInt(4));
      text = random.nextInt(4) == 0 ? "▁" + text : text;
      if (texts.add(text)) {
        pieces.add(new Piece(text, -1 - random.nextInt(20) * 0.5f, PieceType.NORMAL));
      }
    }
    return pieces;
  }

  private static String word(SplittableRandom random, int length) {
    int[] alphabet = ALPHABET.codePoints().toArray();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return word.toString();
  }
}
