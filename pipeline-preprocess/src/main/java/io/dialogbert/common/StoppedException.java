package io.dialogbert.common;

/** A job was asked to stop. It saved its progress, so that another run can resume it. */
public class StoppedException extends RuntimeException {
  public StoppedException(String message) {
    super(message);
  }
}
