package io.dialogbert.common;

/**
 * The job cannot process its input data; it ends with exit code 3. The message names the rule, the
 * value (never message text), the location and what to do.
 */
public class BadInputException extends RuntimeException {
  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
