package io.dialogbert.respond.http;

/** A request that cannot be served. */
final class ApiException extends Exception {
  private final ApiError error;

  ApiException(ApiError error, String message) {
    super(message);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
