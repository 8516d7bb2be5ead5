/**
 * A deterministic generator of Korean and Japanese messenger chats, for the quick start, tests and
 * load tests. All text comes from the grammar files under {@code io/dialogbert/sample}, written for
 * this project. It contains nobody's messages. What looks like personal data is made up from
 * unassigned ranges.
 */
package io.dialogbert.sample;
