package io.dialogbert.respond.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dialogbert.respond.AnswerJson;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes responses. */
final class Responses {
  private static final HttpString NO_SNIFF = new HttpString("X-Content-Type-Options");
  private static final String JSON = "application/json; charset=utf-8";

  private Responses() {}

  static void json(HttpServerExchange exchange, int status, ObjectNode body) {
    exchange.setStatusCode(status);
    send(exchange, JSON, body.toString().getBytes(StandardCharsets.UTF_8));
  }

  static void error(HttpServerExchange exchange, ApiError error, String message) {
    json(exchange, error.status(), AnswerJson.error(error.code(), message));
  }

  static void send(HttpServerExchange exchange, String type, byte[] body) {
    exchange
        .getResponseHeaders()
        .put(Headers.CONTENT_TYPE, type)
        .put(Headers.CACHE_CONTROL, "no-store")
        .put(NO_SNIFF, "nosniff");
    exchange.getResponseSender().send(ByteBuffer.wrap(body));
  }
}
