package io.dialogbert.bench;

import io.dialogbert.finetune.objective.Vectors;
import io.dialogbert.respond.Answer;
import io.dialogbert.respond.Context;
import io.dialogbert.respond.Deadline;
import io.dialogbert.respond.Responder;
import io.dialogbert.respond.Source;
import io.dialogbert.respond.TooSlowException;
import io.dialogbert.respond.http.HttpServer;
import io.dialogbert.respond.http.HttpSettings;
import io.dialogbert.respond.http.ServerMetrics;
import io.dialogbert.respond.search.ExactSearch;
import io.dialogbert.respond.search.HnswSearch;
import io.dialogbert.respond.search.Recall;
import io.dialogbert.respond.search.VectorSearch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/**
 * How fast {@code respond} answers and {@code serve} serves, all in this process. The world is
 * {@link ServeWorld}. The environment variable DIALOGBERT_BENCH_SECONDS is the length of the load
 * of many clients, 60 by default.
 */
final class ServeBench {
  private static final int NUM_WARM_UP = 300;
  private static final int NUM_ANSWERS = 1_000;
  private static final int MAX_TURNS = 3;
  private static final int NUM_CLIENTS = 64;
  private static final int NUM_CANDIDATES = 50;
  private static final int NUM_QUERIES = 200;
  private static final int NUM_TOGETHER = 8;
  private static final double MIB = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int SECONDS =
      Integer.parseInt(System.getenv().getOrDefault("DIALOGBERT_BENCH_SECONDS", "60"));

  private final BenchReport report = new BenchReport("serve");
  private final ServeWorld world = new ServeWorld();

  private ServeBench() throws IOException {}

  public static void main(String[] args) throws IOException, TooSlowException {
    ServeBench bench = new ServeBench();
    System.out.println("CPU: " + cpu());
    bench.report.add("tokens of an indexed text", bench.world.tokensOfTexts(), "tokens");
    bench.report.add("tokens of a turn", bench.world.tokensOfTurns(), "tokens");
    try (Responder responder = bench.world.responder(size -> {})) {
      bench.respond(responder);
      bench.serve(responder);
      bench.memory();
    }
    bench.search();
    System.exit(bench.report.print());
  }

  private static String cpu() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      String model =
          lines
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(System.getProperty("os.arch"));
      return model + ", " + Runtime.getRuntime().availableProcessors() + " processors";
    }
  }

  private void respond(Responder responder) throws TooSlowException {
    List<Double> millis = new ArrayList<>();
    Map<Source, List<Double>> ofTasks = new EnumMap<>(Source.class);
    for (int i = 0; i < NUM_WARM_UP + NUM_ANSWERS; i++) {
      List<String> turns = world.turns().subList(i * MAX_TURNS, i * MAX_TURNS + 1 + i % MAX_TURNS);
      long start = System.nanoTime();
      Answer answer = responder.respond(new Context("ko", turns), Deadline.in(TIMEOUT));
      if (i >= NUM_WARM_UP) {
        millis.add((System.nanoTime() - start) / 1e6);
        answer
            .tasks()
            .forEach(
                task ->
                    ofTasks
                        .computeIfAbsent(task.source(), source -> new ArrayList<>())
                        .add(task.micros() / 1e3));
      }
    }
    bound("respond, p50", BenchReport.percentile(millis, 0.5), 30);
    bound("respond, p99", BenchReport.percentile(millis, 0.99), 80);
    ofTasks.forEach(
        (source, of) ->
            report.add("respond, " + source.key() + ", p50", BenchReport.median(of), "ms"));
  }

  /** Reports milliseconds, and how many times they fit into the most that they may be. */
  private void bound(String what, double millis, double most) {
    report.add(what, millis, "ms");
    report.add(what + ", " + (int) most + " ms over it", most / millis, "x", 1.0, null);
  }

  private void serve(Responder responder) {
    // All clients have one address, and none may be refused for that.
    HttpSettings settings =
        new HttpSettings("127.0.0.1", 0, 1 << 16, 500, Integer.MAX_VALUE, NUM_CLIENTS, TIMEOUT);
    try (HttpServer server = HttpServer.start(responder, settings, new ServerMetrics())) {
      ServeLoad.run(server.port(), world.turns(), NUM_CLIENTS, 5);
      ServeLoad one = ServeLoad.run(server.port(), world.turns(), 1, Math.max(1, SECONDS / 3));
      ServeLoad many = ServeLoad.run(server.port(), world.turns(), NUM_CLIENTS, SECONDS);
      int errors = one.errors() + many.errors();
      report.add("serve, errors", errors, "requests");
      report.add("serve, without errors", errors == 0 ? 1 : 0, "", 1.0, null);
      report.add("serve, 1 client", one.rate(), "answers/s");
      report.add("serve, " + NUM_CLIENTS + " clients", many.rate(), "answers/s");
      report.add(
          "serve, " + NUM_CLIENTS + " clients over 1", many.rate() / one.rate(), "x", 1.5, null);
      for (int percent : new int[] {50, 99}) {
        report.add(
            "serve, " + NUM_CLIENTS + " clients, p" + percent,
            1000 * BenchReport.percentile(many.seconds(), percent / 100.0),
            "ms");
      }
    }
  }

  private void memory() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      double resident =
          lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
              .sum();
      report.add("memory, resident, with the clients", resident, "MiB");
    }
    System.gc();
    report.add(
        "memory, heap in use",
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB,
        "MiB");
  }

  private void search() throws IOException {
    ExactSearch exact = world.exact(ServeWorld.NUM_CANDIDATES);
    List<float[]> queries =
        Stream.generate(world::vector).limit(NUM_QUERIES).map(Vectors::direction).toList();
    report.add("exact search, p50", millis(exact, queries), "ms");
    report.add(
        "exact search, " + NUM_TOGETHER + " queries at once, each",
        millisOfEach(exact, queries),
        "ms");
    Path directory = Files.createTempDirectory("dialogbert-bench");
    try {
      long start = System.nanoTime();
      try (HnswSearch.Builder graph = new HnswSearch.Builder(directory)) {
        for (int row = 0; row < exact.size(); row++) {
          graph.add(exact.vector(row));
        }
        graph.finish();
      }
      report.add("graph, made in", (System.nanoTime() - start) / 1e9, "s");
      try (HnswSearch graph = HnswSearch.open(directory)) {
        report.add("graph, p50", millis(graph, queries), "ms");
        report.add(
            "graph, recall at " + NUM_CANDIDATES,
            Recall.at(NUM_CANDIDATES, queries, exact, graph),
            "");
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  /** The median of a query among several at once, after a round that is not counted. */
  private static double millisOfEach(VectorSearch search, List<float[]> queries) {
    List<Double> millis = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      millis.clear();
      for (int i = 0; i + NUM_TOGETHER <= queries.size(); i += NUM_TOGETHER) {
        long start = System.nanoTime();
        search.nearest(queries.subList(i, i + NUM_TOGETHER), NUM_CANDIDATES);
        millis.add((System.nanoTime() - start) / 1e6 / NUM_TOGETHER);
      }
    }
    return BenchReport.median(millis);
  }

  /** The median of a query, after a round that is not counted. */
  private static double millis(VectorSearch search, List<float[]> queries) {
    queries.forEach(query -> search.nearest(query, NUM_CANDIDATES));
    List<Double> millis = new ArrayList<>();
    for (float[] query : queries) {
      long start = System.nanoTime();
      search.nearest(query, NUM_CANDIDATES);
      millis.add((System.nanoTime() - start) / 1e6);
    }
    return BenchReport.median(millis);
  }
}
