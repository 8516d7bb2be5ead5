package io.dialogbert.respond;

import io.dialogbert.respond.BadContextException.Problem;
import io.dialogbert.task.Layout;
import io.dialogbert.task.Turns;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Turns in which {@value #MASK} hides tokens.
 *
 * @param sequence as the encoder reads them
 */
public record Cloze(Layout.Sequence sequence) {
  /** Hides one token. */
  public static final String MASK = "[MASK]";

  /**
   * Reads turns.
   *
   * @param maxLength maximum number of tokens, special tokens included
   * @throws BadContextException if nothing is masked, or the turns have more tokens
   */
  public static Cloze of(Context context, Tokenizer tokenizer, int maxLength) {
    int[] ids =
        Turns.join(
            context.turns().stream().map(turn -> ids(turn, context.lang(), tokenizer)).toList());
    if (IntStream.of(ids).noneMatch(id -> id == SpecialTokens.MASK)) {
      throw new BadContextException(Problem.NO_MASK, "there must be a " + MASK);
    }
    Layout layout = new Layout(maxLength, Context.MAX_TURNS, false);
    if (layout.cuts(ids)) {
      throw new BadContextException(
          Problem.TEXT_TOO_LONG,
          "there must be at most %d tokens, there are %d".formatted(maxLength - 2, ids.length));
    }
    return new Cloze(layout.of(ids));
  }

  /** The text between masks is cut by itself: no word reaches over a mask. */
  private static int[] ids(String turn, String lang, Tokenizer tokenizer) {
    List<Integer> ids = new ArrayList<>();
    String[] texts = turn.split(Pattern.quote(MASK), -1);
    for (int i = 0; i < texts.length; i++) {
      int[] ofText = tokenizer.encode(texts[i], lang);
      if (i > 0) {
        ids.add(SpecialTokens.MASK);
        if (ofText.length > 0 && !Character.isWhitespace(texts[i].codePointAt(0))) {
          // Such as a particle after a masked noun.
          ofText = tokenizer.vocabulary().insideWord(ofText);
        }
      }
      IntStream.of(ofText).forEach(ids::add);
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Places of the masks in the sequence, ascending. */
  public int[] places() {
    int[] ids = sequence.inputIds();
    return IntStream.range(0, ids.length).filter(at -> ids[at] == SpecialTokens.MASK).toArray();
  }
}
