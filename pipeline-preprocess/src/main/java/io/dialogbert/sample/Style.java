package io.dialogbert.sample;

import java.util.List;

/**
 * A way of writing: changes the last word of a message.
 *
 * @param name name in the grammar
 * @param prob share of the persons who write this way
 * @param useProb probability that such a person uses it in a message
 * @param rules rules tried in order; the first with a matching ending applies
 */
record Style(String name, double prob, double useProb, List<Rule> rules) {
  /** Replaces an ending by one of several others. */
  record Rule(String ending, List<String> replacements) {}
}
