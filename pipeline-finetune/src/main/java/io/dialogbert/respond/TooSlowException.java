package io.dialogbert.respond;

/** An answer was not found in time. */
public final class TooSlowException extends Exception {
  TooSlowException() {
    super("no answer was found in time");
  }
}
