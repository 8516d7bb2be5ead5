package io.dialogbert.finetune.inference;

import io.dialogbert.finetune.inference.InferenceConfig.Columns;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.Turns;
import io.dialogbert.task.tag.BioTags;
import io.dialogbert.task.tag.PiecePlaces;
import io.dialogbert.task.tag.TaggedText;
import io.dialogbert.text.Token;
import io.dialogbert.text.Tokenizer;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/**
 * Turns rows of text into examples of a task.
 *
 * @param lang language of rows without a column of it
 */
record RowExamples(TaskSpec spec, Columns columns, String lang, Tokenizer tokenizer) {
  /** The example of a row; null if a text of it is missing or its language is not known. */
  TaskExample example(Row row) {
    String language = columns.lang().isEmpty() ? lang : row.getAs(columns.lang());
    if (language == null || !InferenceConfig.LANGUAGES.contains(language)) {
      return null;
    }
    if (spec.kind() == TaskSpec.Kind.TAGS) {
      return tagged(row.getAs(columns.first()), language);
    }
    boolean isPair = !columns.second().isEmpty();
    int[] first = encode(row.getAs(columns.first()), language);
    int[] second = isPair ? encode(row.getAs(columns.second()), language) : new int[0];
    if (first.length == 0 || (isPair && second.length == 0)) {
      return null;
    }
    return new TaskExample("", language, first, second, -1, 0, 0, new float[0]);
  }

  /** A text with the places of its tokens; null if it has none. */
  private TaskExample tagged(String text, String language) {
    List<Token> tokens = text == null ? List.of() : tokenizer.tokenize(text, language);
    return tokens.isEmpty()
        ? null
        : TaskExample.ofTags(
            "",
            language,
            tokens.stream().mapToInt(Token::id).toArray(),
            new TaggedText(BioTags.ofCharacters(text, List.of()), PiecePlaces.of(text, tokens)));
  }

  /** Token ids of a text; the turns of a context are lines. */
  private int[] encode(String text, String language) {
    if (text == null) {
      return new int[0];
    }
    return spec.kind().hasContext()
        ? Turns.join(
            Stream.of(text.split("\n")).map(turn -> tokenizer.encode(turn, language)).toList())
        : tokenizer.encode(text, language);
  }
}
