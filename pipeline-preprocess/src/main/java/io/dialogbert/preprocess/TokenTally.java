package io.dialogbert.preprocess;

import io.dialogbert.text.SerializedTokenizer;
import java.io.Serializable;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How often each token occurs in texts, by how many people, and how long the texts are. */
final class TokenTally implements Serializable {
  /** Longer texts are counted together with those of this length. */
  static final int MAX_TOKENS = 100;

  static final int MAX_CHARACTERS = 200;

  private static final int TREE_DEPTH = 2;

  /** By id. */
  private final long[] occurrences;

  /** The first different writers of each token, up to a limit, by id; a hash of each. */
  private final long[][] writers;

  private final int writersLimit;
  private final long[] textsByTokens = new long[MAX_TOKENS + 1];
  private final long[] textsByCharacters = new long[MAX_CHARACTERS + 1];

  private TokenTally(int vocabSize, int writersLimit) {
    this.occurrences = new long[vocabSize];
    this.writers = new long[vocabSize][0];
    this.writersLimit = writersLimit;
  }

  /**
   * Tokenizes texts. A partition counts in arrays, so that no token becomes a row.
   *
   * @param written columns {@code lang}, {@code text}, {@code times}, how often each text counts,
   *     and {@code writer}, a hash of who wrote it
   * @param writersLimit more writers of a token need not be told apart
   * @return by language
   */
  static SortedMap<String, TokenTally> of(
      Dataset<Row> written, SerializedTokenizer tokenizer, int writersLimit) {
    return written
        .select("lang", "text", "times", "writer")
        .toJavaRDD()
        .treeAggregate(
            new TreeMap<String, TokenTally>(),
            (tallies, row) -> {
              int vocabSize = tokenizer.tokenizer().vocabulary().size();
              String lang = row.getString(0);
              String text = row.getString(1);
              tallies
                  .computeIfAbsent(lang, any -> new TokenTally(vocabSize, writersLimit))
                  .add(
                      text,
                      tokenizer.tokenizer().encode(text, lang),
                      row.getLong(2),
                      row.getLong(3));
              return tallies;
            },
            (left, right) -> {
              right.forEach((lang, tally) -> left.merge(lang, tally, TokenTally::add));
              return left;
            },
            TREE_DEPTH);
  }

  private void add(String text, int[] ids, long times, long writer) {
    for (int id : ids) {
      occurrences[id] += times;
      addWriter(id, writer);
    }
    textsByTokens[Math.min(ids.length, MAX_TOKENS)] += times;
    textsByCharacters[Math.min(text.codePointCount(0, text.length()), MAX_CHARACTERS)] += times;
  }

  private void addWriter(int id, long writer) {
    long[] known = writers[id];
    if (known.length < writersLimit && Arrays.stream(known).noneMatch(hash -> hash == writer)) {
      writers[id] = Arrays.copyOf(known, known.length + 1);
      writers[id][known.length] = writer;
    }
  }

  /** Takes in another tally. */
  TokenTally add(TokenTally other) {
    for (int id = 0; id < writers.length; id++) {
      for (long writer : other.writers[id]) {
        addWriter(id, writer);
      }
    }
    add(occurrences, other.occurrences);
    add(textsByTokens, other.textsByTokens);
    add(textsByCharacters, other.textsByCharacters);
    return this;
  }

  private static void add(long[] to, long[] numbers) {
    for (int i = 0; i < to.length; i++) {
      to[i] += numbers[i];
    }
  }

  /** Occurrences of each token, by id; not to be changed. */
  long[] occurrences() {
    return occurrences;
  }

  /** How many people wrote a token, up to the limit. */
  int writers(int id) {
    return writers[id].length;
  }

  /** Number of texts by their tokens; not to be changed. */
  long[] textsByTokens() {
    return textsByTokens;
  }

  /** Number of texts by their code points; not to be changed. */
  long[] textsByCharacters() {
    return textsByCharacters;
  }
}
