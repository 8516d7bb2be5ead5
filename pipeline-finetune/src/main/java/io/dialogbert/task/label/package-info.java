/**
 * Labeled texts and pairs of texts: what a row means, which split it is in, and what a set holds.
 */
package io.dialogbert.task.label;
