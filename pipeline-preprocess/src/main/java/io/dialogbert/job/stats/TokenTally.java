package io.dialogbert.job.stats;

import io.dialogbert.text.SerializedTokenizer;
import java.io.Serializable;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How often each token occurs in texts, whether enough people wrote it, and how long the texts are.
 */
final class TokenTally implements Serializable {
  /** Longer texts are counted as having this length. */
  static final int MAX_TOKENS = 100;

  static final int MAX_CHARACTERS = 200;

  private static final int TREE_DEPTH = 2;

  /** By token id. */
  private final long[] occurrences;

  private final long[] textsByTokens = new long[MAX_TOKENS + 1];
  private final long[] textsByCharacters = new long[MAX_CHARACTERS + 1];

  private final DistinctThreshold senders;
  private final DistinctThreshold conversations;

  /**
   * An empty tally. A token needs {@code people} writers in as many conversations; 0 disables the
   * check.
   */
  TokenTally(int vocabSize, int people) {
    occurrences = new long[vocabSize];
    senders = new DistinctThreshold(vocabSize, people);
    conversations = new DistinctThreshold(vocabSize, people);
  }

  /**
   * Tokenizes texts. Each partition counts in arrays, so that tokens do not become rows.
   *
   * @param written columns {@code lang}, {@code text}, {@code times}, how often each text counts,
   *     and hashes of {@code sender} and {@code conversation}
   * @param people number of people, and of conversations, that a token needs
   * @return by language
   */
  static SortedMap<String, TokenTally> of(
      Dataset<Row> written, SerializedTokenizer tokenizer, int people) {
    return written
        .select("lang", "text", "times", "sender", "conversation")
        .toJavaRDD()
        .treeAggregate(
            new TreeMap<String, TokenTally>(),
            (tallies, row) -> {
              int vocabSize = tokenizer.tokenizer().vocabulary().size();
              String lang = row.getAs("lang");
              String text = row.getAs("text");
              tallies
                  .computeIfAbsent(lang, any -> new TokenTally(vocabSize, people))
                  .add(
                      text,
                      tokenizer.tokenizer().encode(text, lang),
                      row.<Long>getAs("times"),
                      row.<Long>getAs("sender"),
                      row.<Long>getAs("conversation"));
              return tallies;
            },
            (left, right) -> {
              right.forEach((lang, tally) -> left.merge(lang, tally, TokenTally::add));
              return left;
            },
            TREE_DEPTH);
  }

  private void add(String text, int[] ids, long times, long sender, long conversation) {
    for (int id : ids) {
      occurrences[id] += times;
      senders.add(id, sender);
      conversations.add(id, conversation);
    }
    textsByTokens[Math.min(ids.length, MAX_TOKENS)] += times;
    textsByCharacters[Math.min(text.codePointCount(0, text.length()), MAX_CHARACTERS)] += times;
  }

  TokenTally add(TokenTally other) {
    add(occurrences, other.occurrences);
    add(textsByTokens, other.textsByTokens);
    add(textsByCharacters, other.textsByCharacters);
    senders.addAll(other.senders);
    conversations.addAll(other.conversations);
    return this;
  }

  private static void add(long[] to, long[] numbers) {
    for (int i = 0; i < to.length; i++) {
      to[i] += numbers[i];
    }
  }

  /** Occurrences of each token, by id; do not modify. */
  long[] occurrences() {
    return occurrences;
  }

  /** Whether enough people wrote a token, in as many conversations. */
  boolean isOfMany(int id) {
    return senders.isReached(id) && conversations.isReached(id);
  }

  /** Number of texts by length in tokens; do not modify. */
  long[] textsByTokens() {
    return textsByTokens;
  }

  /** Number of texts by length in code points; do not modify. */
  long[] textsByCharacters() {
    return textsByCharacters;
  }
}
