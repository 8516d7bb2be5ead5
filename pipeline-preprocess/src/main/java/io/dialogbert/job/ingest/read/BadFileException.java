package io.dialogbert.job.ingest.read;

/**
 * A file that cannot be read, or not to its end. It fails the job, however many rejects are
 * allowed. Holds a stable name for the reason, and the rule without any value from the file.
 */
public final class BadFileException extends Exception {
  public static final String UNREADABLE = "unreadable-file";
  static final String WRONG_ENCODING = "wrong-encoding";
  static final String ARCHIVE = "archive";
  public static final String WRONG_COLUMNS = "wrong-columns";
  static final String WRONG_LINE_ENDS = "wrong-line-ends";
  public static final String NO_EXPORT = "no-export";
  public static final String UNKNOWN_FORM = "unknown-form";

  public final String reason;
  public final String rule;

  public BadFileException(String reason, String rule) {
    super(reason + ": " + rule, null, false, false);
    this.reason = reason;
    this.rule = rule;
  }
}
