package io.dialogbert.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.text.Samples;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExampleViewTest {
  private final Vocabulary vocabulary = Samples.tokenizer().tokenizer().vocabulary();

  private int id(String piece) {
    return vocabulary.id(piece).orElseThrow();
  }

  @Test
  void showsTurnsMasksAndTheLabel() {
    int[] ids = {
      SpecialTokens.CLS,
      id("▁안녕"),
      SpecialTokens.SEPT,
      id("▁나"),
      id("는"),
      SpecialTokens.SEP,
      id("▁진짜"),
      SpecialTokens.SEP
    };
    PretrainExample example =
        new PretrainExample(
            "d-0",
            List.of("d"),
            "ko",
            "train",
            ids,
            new int[] {0, 0, 0, 0, 0, 0, 1, 1},
            new int[] {0, 0, 0, 1, 1, 1, 0, 0},
            PretrainExample.RANDOM,
            new int[0],
            new int[0]);
    int[] seen = ids.clone();
    seen[1] = SpecialTokens.MASK;
    seen[4] = id("야");
    MaskedInput masked =
        new MaskedInput(seen, new int[] {1, 4, 6}, new int[] {ids[1], ids[4], ids[6]});

    assertThat(new ExampleView(vocabulary).lines(example, masked))
        .containsExactly(
            "example d-0  ko train  8 tokens, 3 masked  second part is random",
            "  segment 0 turn 0  [CLS] [MASK](▁안녕) [SEPT]",
            "  segment 0 turn 1  ▁나 야(는) [SEP]",
            "  segment 1 turn 0  ▁진짜(▁진짜) [SEP]");
  }
}
