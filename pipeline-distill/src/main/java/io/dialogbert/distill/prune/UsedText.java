package io.dialogbert.distill.prune;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.text.SerializedTokenizer;
import io.dialogbert.text.Tokenizer;
import io.dialogbert.text.piece.SpecialTokens;
import io.dialogbert.text.piece.Vocabulary;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A text as tokens.
 *
 * @param heldOut whether it is of the validation or test split
 * @param text empty if only the tokens are known
 * @param ids tokens by the old vocabulary
 */
record UsedText(String lang, boolean heldOut, String text, int[] ids) implements Serializable {

  /**
   * Tokens of held-out texts by both vocabularies.
   *
   * @param tokens by the old one
   * @param unknown of these, {@code [UNK]}
   * @param removed of these, pieces that the new one lacks
   * @param tokensAfter by the new one
   * @param unknownAfter of these, {@code [UNK]}
   */
  record Coverage(long tokens, long unknown, long removed, long tokensAfter, long unknownAfter)
      implements Serializable {
    static final Coverage NONE = new Coverage(0, 0, 0, 0, 0);

    Coverage plus(Coverage other) {
      return new Coverage(
          tokens + other.tokens,
          unknown + other.unknown,
          removed + other.removed,
          tokensAfter + other.tokensAfter,
          unknownAfter + other.unknownAfter);
    }
  }

  /** The turns of the dialogues. */
  static JavaRDD<UsedText> ofDialogues(Dataset<Row> dialogues, SerializedTokenizer tokenizer) {
    return dialogues
        .select("lang", "split", "turns.text")
        .javaRDD()
        .flatMap(
            row -> {
              String lang = row.getAs("lang");
              boolean heldOut = isHeldOut(row);
              List<UsedText> texts = new ArrayList<>();
              for (String text : row.<String>getList(row.fieldIndex("text"))) {
                int[] ids = tokenizer.tokenizer().encode(text, lang);
                texts.add(new UsedText(lang, heldOut, text, ids));
              }
              return texts.iterator();
            });
  }

  /** What lies between the special tokens of task data; {@code [UNK]} is a text of its own. */
  static JavaRDD<UsedText> ofTaskData(Dataset<Row> taskData) {
    return taskData
        .select("lang", "split", "input_ids", "second_ids")
        .javaRDD()
        .flatMap(
            row -> {
              String lang = row.getAs("lang");
              boolean heldOut = isHeldOut(row);
              List<UsedText> texts = new ArrayList<>();
              for (String column : List.of("input_ids", "second_ids")) {
                int[] tokens =
                    row.<Integer>getList(row.fieldIndex(column)).stream()
                        .mapToInt(i -> i)
                        .toArray();
                parts(tokens).forEach(ids -> texts.add(new UsedText(lang, heldOut, "", ids)));
              }
              return texts.iterator();
            });
  }

  private static boolean isHeldOut(Row row) {
    return !row.getAs("split").equals(Splits.TRAIN);
  }

  private static List<int[]> parts(int[] ids) {
    List<int[]> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= ids.length; i++) {
      if (i == ids.length || ids[i] < SpecialTokens.ALL.size()) {
        if (i > from) {
          parts.add(Arrays.copyOfRange(ids, from, i));
        }
        if (i < ids.length && ids[i] == SpecialTokens.UNK) {
          parts.add(new int[] {SpecialTokens.UNK});
        }
        from = i + 1;
      }
    }
    return parts;
  }

  /** How often each token is used, by id. */
  static long[] counts(JavaRDD<UsedText> texts, int vocabSize) {
    return texts.aggregate(
        new long[vocabSize],
        (counts, text) -> {
          for (int id : text.ids) {
            counts[id]++;
          }
          return counts;
        },
        (counts, more) -> {
          Arrays.setAll(counts, id -> counts[id] + more[id]);
          return counts;
        });
  }

  /** Compares two vocabularies. */
  static Coverage coverage(
      JavaRDD<UsedText> texts, SerializedTokenizer before, SerializedTokenizer after) {
    return texts.aggregate(
        Coverage.NONE,
        (coverage, text) -> coverage.plus(text.compare(before.tokenizer(), after.tokenizer())),
        Coverage::plus);
  }

  private Coverage compare(Tokenizer before, Tokenizer after) {
    Vocabulary kept = after.vocabulary();
    long removed =
        Arrays.stream(ids).filter(id -> kept.id(before.vocabulary().piece(id)).isEmpty()).count();
    long unknown = unknown(ids);
    if (removed == 0) {
      return new Coverage(ids.length, unknown, 0, ids.length, unknown);
    }
    int[] cut = after.encode(text.isEmpty() ? before.decode(ids) : text, lang);
    return new Coverage(ids.length, unknown, removed, cut.length, unknown(cut));
  }

  private static long unknown(int[] ids) {
    return Arrays.stream(ids).filter(id -> id == SpecialTokens.UNK).count();
  }
}
