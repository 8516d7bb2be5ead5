package io.dialogbert.sample;

/**
 * A participant and how this person writes.
 *
 * @param id sender id
 * @param name given name
 * @param polite whether polite speech is used in this conversation
 * @param style name of a writing style of the grammar, or empty for none
 * @param typoProb probability of a typing error in a message
 * @param spaceDropProb probability that a space is left out
 * @param emojiProb probability of an emoji at a message's end
 * @param punctuationDropProb probability that a closing mark is left out
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
