package io.dialogbert.bench;

import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.dialogue.LongConversationWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory and time of build-dialogues for one conversation of ten million messages. */
public final class LongConversationBench {
  private static final long MESSAGES = 10_000_000;

  /** In MiB, for two tasks at a time. */
  private static final int HEAP = 1024;

  private LongConversationBench() {}

  /** The optional argument is another number of messages. */
  public static void main(String[] args) throws IOException {
    BenchReport report = new BenchReport("long-conversation");
    try (BenchDirectory directory = new BenchDirectory()) {
      measure(directory, report, args.length == 0 ? MESSAGES : Long.parseLong(args[0]));
    }
    System.exit(report.print());
  }

  /** Adds the figures to a report; fails if the job runs out of memory. */
  public static void measure(BenchDirectory directory, BenchReport report) throws IOException {
    measure(directory, report, MESSAGES);
  }

  private static void measure(BenchDirectory directory, BenchReport report, long messages)
      throws IOException {
    List<String> jvm =
        List.of(
            "-Xmx" + HEAP + "m",
            "-Djava.io.tmpdir=" + Files.createDirectory(directory.file("tmp")),
            "@" + System.getProperty("bench.root") + "/conf/jvm.options");
    Path table = directory.file("messages");
    Path output = directory.file("dialogues");
    run(jvm, "write", table, messages);
    run(jvm, "build", table, output);
    Path file = output.resolve(Manifest.FILE_NAME);
    Manifest manifest = Manifest.fromJson(Files.readString(file), file.toString());
    report.add("messages of one conversation", (double) messages, "messages");
    report.add(
        "dialogues of it and a thousand others", (double) manifest.counts().get("rows_out"), "");
    report.add("build-dialogues, most heap allowed", HEAP, "MiB");
    for (String fact : List.of("peak_heap_mib", "peak_resident_mib")) {
      report.add(
          "build-dialogues, " + fact.replace("_mib", "").replace('_', ' '),
          Double.parseDouble(manifest.run().get(fact)),
          "MiB");
    }
    report.add("build-dialogues, seconds", Double.parseDouble(manifest.run().get("seconds")), "s");
  }

  private static void run(List<String> jvm, Object... arguments) throws IOException {
    BenchProcess.java(List.of(), jvm, LongConversationWorker.class, arguments).close();
  }
}
