package io.dialogbert.sample;

/**
 * A participant and their way of writing.
 *
 * @param id sender id
 * @param name given name
 * @param polite whether they use polite speech in this conversation
 * @param style name of a writing style of the grammar, or empty for none
 * @param typoProb probability of a typing error in a message
 * @param spaceDropProb probability that a space is dropped
 * @param emojiProb probability of an emoji at the end of a message
 * @param punctuationDropProb probability that a closing mark is dropped
 */
record Person(
    String id,
    String name,
    boolean polite,
    String style,
    double typoProb,
    double spaceDropProb,
    double emojiProb,
    double punctuationDropProb) {}
