package io.dialogbert.respond.http;

import io.dialogbert.respond.Answer;
import io.dialogbert.respond.AnswerJson;
import io.dialogbert.respond.BadContextException;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.Deadline;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.TooSlowException;
import io.undertow.io.Receiver;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code POST /v1/respond}. */
final class RespondHandler implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(RespondHandler.class);
  private static final String MEDIA_TYPE = "application/json";
  private static final String RETRY_SECONDS = "1";

  private final Responder responder;
  private final HttpSettings settings;
  private final ServerMetrics metrics;
  private final RateLimiter rates;
  private final Semaphore free;

  RespondHandler(Responder responder, HttpSettings settings, ServerMetrics metrics) {
    this.responder = responder;
    this.settings = settings;
    this.metrics = metrics;
    this.rates = new RateLimiter(settings.requestsPerMinute(), System::nanoTime);
    this.free = new Semaphore(settings.maxConcurrent());
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    try {
      requireServed(exchange);
    } catch (ApiException e) {
      fail(exchange, e);
      return;
    }
    exchange.getRequestReceiver().setMaxBufferSize(settings.maxBodyBytes());
    exchange
        .getRequestReceiver()
        .receiveFullBytes(
            (receiving, body) -> receiving.dispatch(() -> answer(receiving, body)),
            (receiving, e) -> fail(receiving, unread(e)));
  }

  /** Checks all that is known before the body is read. */
  private void requireServed(HttpServerExchange exchange) throws ApiException {
    if (!exchange.getRequestMethod().equals(Methods.POST)) {
      exchange.getResponseHeaders().put(Headers.ALLOW, Methods.POST_STRING);
      throw new ApiException(ApiError.METHOD_NOT_ALLOWED, "the method must be POST");
    }
    if (!rates.allows(exchange.getSourceAddress().getAddress().getHostAddress())) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_SECONDS);
      throw new ApiException(
          ApiError.TOO_MANY_REQUESTS,
          "a client may send at most " + settings.requestsPerMinute() + " requests a minute");
    }
    // Other sites cannot make a browser send this type.
    String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
    if (type == null || !type.split(";")[0].strip().toLowerCase(Locale.ROOT).equals(MEDIA_TYPE)) {
      throw new ApiException(ApiError.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be " + MEDIA_TYPE);
    }
    if (exchange.getRequestContentLength() > settings.maxBodyBytes()) {
      throw tooLarge();
    }
  }

  private ApiException tooLarge() {
    return new ApiException(
        ApiError.TOO_LARGE, "the body must have at most " + settings.maxBodyBytes() + " bytes");
  }

  /** Why a body was not read. */
  private ApiException unread(Exception e) {
    return e instanceof Receiver.RequestToLargeException
        ? tooLarge()
        : new ApiException(ApiError.REQUEST_TOO_SLOW, "the body did not arrive in time");
  }

  private void answer(HttpServerExchange exchange, byte[] body) {
    if (!free.tryAcquire()) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_SECONDS);
      fail(
          exchange,
          new ApiException(
              ApiError.OVERLOADED,
              settings.maxConcurrent() + " requests are being answered; try again"));
      return;
    }
    try {
      Context context = RequestReader.read(body);
      context.requireAtMost(settings.maxCharacters());
      Answer answer = responder.respond(context, Deadline.in(settings.timeout()));
      metrics.answered(answer);
      Responses.json(exchange, StatusCodes.OK, AnswerJson.of(answer));
    } catch (ApiException e) {
      fail(exchange, e);
    } catch (BadContextException e) {
      metrics.failed(e.problem().code());
      Responses.json(
          exchange, StatusCodes.BAD_REQUEST, AnswerJson.error(e.problem().code(), e.getMessage()));
    } catch (TooSlowException e) {
      fail(exchange, new ApiException(ApiError.TOO_SLOW, e.getMessage()));
    } catch (RuntimeException | Error e) {
      LOG.error("a request failed", withoutMessages(e));
      fail(exchange, new ApiException(ApiError.INTERNAL, "the server failed; see its log"));
    } finally {
      free.release();
    }
  }

  private void fail(HttpServerExchange exchange, ApiException e) {
    metrics.failed(e.error().code());
    Responses.error(exchange, e.error(), e.getMessage());
  }

  /** Where an error happened, and its type; its message may contain text. */
  private static Throwable withoutMessages(Throwable thrown) {
    Throwable copy = new Throwable(thrown.getClass().getName());
    copy.setStackTrace(thrown.getStackTrace());
    return copy;
  }
}
