package io.dialogbert.sample;

import java.util.List;

/**
 * A way of writing: what becomes of the last word of a message.
 *
 * @param name name in the grammar
 * @param prob share of the persons who write so
 * @param useProb probability that such a person does so in a message
 * @param rules tried in order; the first whose ending fits is taken
 */
record Style(String name, double prob, double useProb, List<Rule> rules) {
  /** Replaces an ending by one of some others. */
  record Rule(String ending, List<String> replacements) {}
}
