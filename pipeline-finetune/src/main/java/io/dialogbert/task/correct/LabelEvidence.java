package io.dialogbert.task.correct;

import java.io.Serializable;

/**
 * What is known of a row's label in a round.
 *
 * @param given the label that it came with
 * @param pooled what its checkers say together
 * @param before the posterior of the row after the round before; null in the first round, or if
 *     that has no say
 */
public record LabelEvidence(int given, ClassLogs pooled, ClassLogs before)
    implements Serializable {}
