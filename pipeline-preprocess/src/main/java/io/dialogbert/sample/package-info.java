/**
 * A deterministic generator of Korean and Japanese messenger chats, for the quick start, for tests
 * and for load tests. All text comes from the grammar files under {@code io/dialogbert/sample}
 * written for this project; nobody's messages are in it, and whatever looks like personal data is
 * made up from ranges that are not handed out.
 */
package io.dialogbert.sample;
