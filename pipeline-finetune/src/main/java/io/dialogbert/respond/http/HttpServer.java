package io.dialogbert.respond.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dialogbert.respond.Responder;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import io.undertow.server.handlers.PathHandler;
import io.undertow.util.StatusCodes;
import java.net.InetSocketAddress;
import org.xnio.Options;

/** Serves a responder until it is closed. */
public final class HttpServer implements AutoCloseable {
  private static final int IO_THREADS = 2;

  /** A client gets this long to send a request, however hasty the server is. */
  private static final int MIN_READ_MILLIS = 1000;

  private static final int MAX_HEADER_BYTES = 16 << 10;

  /**
   * Bytes after the longest body that are read and thrown away, so that whoever sent them is told;
   * then the connection is closed.
   */
  private static final int MAX_UNREAD = 1 << 20;

  private final HttpSettings settings;
  private final GracefulShutdownHandler respond;
  private final Undertow server;
  private volatile boolean stopping;

  private HttpServer(Responder responder, HttpSettings settings, ServerMetrics metrics) {
    this.settings = settings;
    this.respond = Handlers.gracefulShutdown(new RespondHandler(responder, settings, metrics));
    int readMillis = Math.max(MIN_READ_MILLIS, Math.toIntExact(settings.timeout().toMillis()));
    this.server =
        Undertow.builder()
            .addHttpListener(settings.port(), settings.host())
            .setIoThreads(IO_THREADS)
            .setWorkerThreads(settings.maxConcurrent() + 1)
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, readMillis)
            .setServerOption(
                UndertowOptions.MAX_ENTITY_SIZE, (long) settings.maxBodyBytes() + MAX_UNREAD)
            .setSocketOption(Options.READ_TIMEOUT, readMillis)
            .setHandler(handler(metrics))
            .build();
  }

  /**
   * Starts a server.
   *
   * @param metrics told of every request
   * @throws RuntimeException if the address cannot be used
   */
  public static HttpServer start(
      Responder responder, HttpSettings settings, ServerMetrics metrics) {
    HttpServer server = new HttpServer(responder, settings, metrics);
    server.server.start();
    return server;
  }

  private HttpHandler handler(ServerMetrics metrics) {
    PathHandler paths =
        Handlers.path(
            exchange -> Responses.error(exchange, ApiError.NOT_FOUND, "there is no such path"));
    StaticFiles.FILES.forEach((path, file) -> paths.addExactPath(path, StaticFiles.handler(file)));
    paths.addExactPath(
        "/v1/respond",
        exchange -> {
          if (stopping) {
            Responses.error(exchange, ApiError.STOPPING, "the server is stopping");
          } else {
            respond.handleRequest(exchange);
          }
        });
    paths.addExactPath("/health/live", health(false));
    paths.addExactPath("/health/ready", health(true));
    paths.addExactPath(
        "/metrics",
        exchange -> {
          if (StaticFiles.isGet(exchange)) {
            Responses.send(exchange, ServerMetrics.CONTENT_TYPE, metrics.text());
          }
        });
    return paths;
  }

  /** Alive as long as it answers; ready until it stops. */
  private HttpHandler health(boolean isReadiness) {
    return exchange -> {
      if (!StaticFiles.isGet(exchange)) {
        return;
      }
      boolean isFine = !(isReadiness && stopping);
      Responses.json(
          exchange,
          isFine ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE,
          new ObjectMapper().createObjectNode().put("status", isFine ? "ok" : "stopping"));
    };
  }

  /** The port that the server listens on. */
  public int port() {
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  /** Refuses new requests, waits for those that are being answered, and ends. */
  @Override
  public void close() {
    stopping = true;
    respond.shutdown();
    try {
      respond.awaitShutdown(settings.timeout().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop();
  }
}
