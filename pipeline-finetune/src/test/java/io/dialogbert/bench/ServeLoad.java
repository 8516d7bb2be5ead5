package io.dialogbert.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What some clients saw of a server; each sends a request when it has the answer to the last one.
 *
 * @param seconds of each request that was answered
 * @param errors requests that got another status than 200, or no answer
 * @param wallSeconds from the first request to the last answer
 */
record ServeLoad(List<Double> seconds, int errors, double wallSeconds) {
  /** Sends turns for some time, each client in a thread of its own. */
  static ServeLoad run(int port, List<String> turns, int numClients, int maxSeconds) {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    ExecutorService threads = Executors.newFixedThreadPool(numClients);
    long start = System.nanoTime();
    long end = start + maxSeconds * 1_000_000_000L;
    List<Future<ServeLoad>> clients = new ArrayList<>();
    for (int i = 0; i < numClients; i++) {
      int first = i * turns.size() / numClients;
      clients.add(threads.submit(() -> client(http, port, turns, first, end)));
    }
    List<Double> seconds = new ArrayList<>();
    int errors = 0;
    try {
      for (Future<ServeLoad> client : clients) {
        seconds.addAll(client.get().seconds());
        errors += client.get().errors();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
    return new ServeLoad(seconds, errors, (System.nanoTime() - start) / 1e9);
  }

  private static ServeLoad client(
      HttpClient http, int port, List<String> turns, int first, long end)
      throws IOException, InterruptedException {
    ObjectMapper json = new ObjectMapper();
    List<Double> seconds = new ArrayList<>();
    int errors = 0;
    for (int i = first; System.nanoTime() < end; i++) {
      String body =
          json.writeValueAsString(
              Map.of("lang", "ko", "turns", List.of(turns.get(i % turns.size()))));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/respond"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body))
              .build();
      long sent = System.nanoTime();
      try {
        if (http.send(request, BodyHandlers.ofString()).statusCode() == 200) {
          seconds.add((System.nanoTime() - sent) / 1e9);
        } else {
          errors++;
        }
      } catch (IOException e) {
        errors++;
      }
    }
    return new ServeLoad(seconds, errors, 0);
  }

  /** Answers a second. */
  double rate() {
    return seconds.size() / wallSeconds;
  }
}
