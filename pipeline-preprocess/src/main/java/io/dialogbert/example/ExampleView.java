package io.dialogbert.example;

import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Formats an example for human readers: one line per turn, with masked tokens marked. */
public final class ExampleView {
  private final Vocabulary vocabulary;

  /**
   * Makes a view.
   *
   * @param vocabulary vocabulary of the tokenizer that gave the example's ids
   */
  public ExampleView(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * The lines of one example. A masked token is shown as the model sees it, with the original in
   * parentheses.
   *
   * @param masked the example's masks, static or dynamic
   */
  public List<String> lines(PretrainExample example, MaskedInput masked) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "example %s  %s %s  %d tokens, %d masked  %s"
            .formatted(
                example.exampleId(),
                example.lang(),
                example.split(),
                example.length(),
                masked.maskedLmPositions().length,
                label(example.nextSentenceLabel())));
    Map<Integer, Integer> originals = new HashMap<>();
    for (int p = 0; p < masked.maskedLmPositions().length; p++) {
      originals.put(masked.maskedLmPositions()[p], masked.maskedLmIds()[p]);
    }
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < example.length(); i++) {
      if (line.isEmpty()) {
        line.append(
            "  segment %d turn %d ".formatted(example.segmentIds()[i], example.turnIds()[i]));
      }
      line.append(' ').append(vocabulary.piece(masked.inputIds()[i]));
      if (originals.containsKey(i)) {
        line.append('(').append(vocabulary.piece(originals.get(i))).append(')');
      }
      int original = originals.getOrDefault(i, masked.inputIds()[i]);
      boolean last = i == example.length() - 1;
      boolean turnEnds = last || example.turnIds()[i] != example.turnIds()[i + 1];
      if (turnEnds || original == SpecialTokens.SEPT || original == SpecialTokens.SEP) {
        lines.add(line.toString());
        line.setLength(0);
      }
    }
    return lines;
  }

  private static String label(int nextSentenceLabel) {
    return switch (nextSentenceLabel) {
      case PretrainExample.FOLLOWS -> "second part follows";
      case PretrainExample.RANDOM -> "second part is random";
      default -> "no second part";
    };
  }
}
