package io.dialogbert.common;

/**
 * A job cannot go on, for a reason that the message gives in full, with what to do about it; the
 * job ends with exit code 1.
 */
public class JobFailedException extends RuntimeException {
  public JobFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
