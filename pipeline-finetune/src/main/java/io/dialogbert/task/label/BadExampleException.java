package io.dialogbert.task.label;

/**
 * A row that is no example: a stable name for the reason, and the rule without the row's values.
 */
public final class BadExampleException extends Exception {
  public final String reason;
  public final String rule;

  BadExampleException(String reason, String rule) {
    super(reason + ": " + rule, null, false, false);
    this.reason = reason;
    this.rule = rule;
  }
}
