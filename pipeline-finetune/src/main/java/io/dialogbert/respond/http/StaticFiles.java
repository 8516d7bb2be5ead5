package io.dialogbert.respond.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The page and the description of the API. */
final class StaticFiles {
  /** Nothing from elsewhere, and no script or style within the page. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /** By path: the file and its type. */
  static final Map<String, File> FILES =
      Map.of(
          "/", new File("page.html", "text/html; charset=utf-8"),
          "/page.css", new File("page.css", "text/css; charset=utf-8"),
          "/page.js", new File("page.js", "text/javascript; charset=utf-8"),
          "/openapi.json", new File("openapi.json", "application/json; charset=utf-8"));

  /** A file on the class path. */
  record File(String name, String type) {}

  private StaticFiles() {}

  static HttpHandler handler(File file) {
    byte[] bytes = read(file.name());
    return exchange -> {
      if (isGet(exchange)) {
        exchange.getResponseHeaders().put(Headers.CONTENT_SECURITY_POLICY, POLICY);
        Responses.send(exchange, file.type(), bytes);
      }
    };
  }

  /** Whether the method is GET or HEAD; if not, the exchange has its answer. */
  static boolean isGet(HttpServerExchange exchange) {
    if (exchange.getRequestMethod().equals(Methods.GET)
        || exchange.getRequestMethod().equals(Methods.HEAD)) {
      return true;
    }
    exchange.getResponseHeaders().put(Headers.ALLOW, Methods.GET_STRING);
    Responses.error(exchange, ApiError.METHOD_NOT_ALLOWED, "the method must be GET");
    return false;
  }

  static byte[] read(String name) {
    try (InputStream in = StaticFiles.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("class path lacks the file " + name, e);
    }
  }
}
