package io.dialogbert.common;

/**
 * The data is not what a job can work on; the job ends with exit code 3. The message names the
 * rule, the value (never message text), the place and what to do.
 */
public class BadInputException extends RuntimeException {
  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
