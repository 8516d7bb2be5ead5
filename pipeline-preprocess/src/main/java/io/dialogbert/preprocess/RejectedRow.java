package io.dialogbert.preprocess;

/**
 * A row that is no message: a stable name for the reason, and the rule without any value of the
 * row.
 */
final class RejectedRow extends Exception {
  final String reason;
  final String rule;

  RejectedRow(String reason, String rule) {
    super(reason + ": " + rule, null, false, false);
    this.reason = reason;
    this.rule = rule;
  }
}
