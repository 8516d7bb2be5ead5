package io.dialogbert.common;

/** A job was asked to stop, and left what it had done so far for another run to take up. */
public class StoppedException extends RuntimeException {
  public StoppedException(String message) {
    super(message);
  }
}
