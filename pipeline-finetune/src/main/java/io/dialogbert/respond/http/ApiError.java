package io.dialogbert.respond.http;

import io.undertow.util.StatusCodes;
import java.util.Locale;

/** The errors of the API that are not a context's own. Each has a code and an HTTP status. */
enum ApiError {
  NOT_JSON(StatusCodes.BAD_REQUEST),
  UNKNOWN_FIELD(StatusCodes.BAD_REQUEST),
  WRONG_TYPE(StatusCodes.BAD_REQUEST),
  NOT_FOUND(StatusCodes.NOT_FOUND),
  METHOD_NOT_ALLOWED(StatusCodes.METHOD_NOT_ALLOWED),
  TOO_LARGE(StatusCodes.REQUEST_ENTITY_TOO_LARGE),
  UNSUPPORTED_MEDIA_TYPE(StatusCodes.UNSUPPORTED_MEDIA_TYPE),
  TOO_MANY_REQUESTS(StatusCodes.TOO_MANY_REQUESTS),
  /** The request did not arrive in time. */
  REQUEST_TOO_SLOW(StatusCodes.REQUEST_TIME_OUT),
  INTERNAL(StatusCodes.INTERNAL_SERVER_ERROR),
  OVERLOADED(StatusCodes.SERVICE_UNAVAILABLE),
  STOPPING(StatusCodes.SERVICE_UNAVAILABLE),
  /** No answer was found in time. */
  TOO_SLOW(StatusCodes.GATEWAY_TIME_OUT);

  private final int status;

  ApiError(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  /** In kebab-case. */
  String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
