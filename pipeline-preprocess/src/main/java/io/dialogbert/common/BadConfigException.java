package io.dialogbert.common;

/** The settings cannot be used; the job ends with exit code 2. */
public class BadConfigException extends RuntimeException {
  public BadConfigException(String message) {
    super(message);
  }

  public BadConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
