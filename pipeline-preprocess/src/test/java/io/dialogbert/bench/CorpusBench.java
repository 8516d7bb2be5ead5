package io.dialogbert.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Raw JSON Lines to dialogues, with personal data masked and near-duplicates removed. Measures the
 * messages of DIALOGBERT_MESSAGES (else made-up ones) against a plain Python program, then made-up
 * corpora of growing size, then only the search for near-duplicates, and one conversation of ten
 * million messages. Each job runs in its own JVM, started as users start it, on {@value
 * BenchJob#CORES} cores and with a heap of {@value BenchJob#HEAP}; its time is that of the whole
 * process.
 */
final class CorpusBench {
  private static final int COPIES = 10;
  private static final int FILES = 8;
  private static final int MESSAGES_PER_SHARD = 100_000;
  private static final Pattern CONVERSATION = Pattern.compile("\"conversation_id\": ?\"");

  /** Hangul syllables, hiragana, katakana, kanji: first and last of each. */
  private static final List<String> KINDS =
      List.of("\uAC00\uD7A3", "\u3041\u3096", "\u30A1\u30FA", "\u4E00\u9FA5");

  private static final String DEFAULT_MILLIONS = "1,3,10,30";

  private final BenchDirectory directory;

  private CorpusBench(BenchDirectory directory) {
    this.directory = directory;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int status;
    try (BenchDirectory directory = new BenchDirectory()) {
      status = new CorpusBench(directory).measure();
    }
    System.exit(status);
  }

  private int measure() throws IOException, InterruptedException {
    BenchReport report = new BenchReport("corpus");
    Chain once = chain("once", corpus(1));
    report.add("the corpus once, start of two JVMs included", once.perCore(), "messages/s/core");
    Path input = corpus(COPIES);
    double python = pythonPerCore(input);
    Chain copies = chain("copies", input);
    report.add(
        "raw JSON Lines to dialogues, " + COPIES + " copies with other letters",
        copies.perCore() / python,
        "x Python",
        5.0,
        10.0);
    report.add("ours", copies.perCore(), "messages/s/core");
    report.add("Python, regular expressions and groups alone", python, "messages/s/core");
    report.add("cost", 1e9 / copies.perCore() / 3600, "core-h/1e9");
    report.add("of that, ingest-messages", copies.ingest().seconds(), "s");
    report.add("of that, build-dialogues", copies.dialogues().seconds(), "s");

    List<Chain> sizes = new ArrayList<>();
    String millions = System.getenv().getOrDefault("DIALOGBERT_BENCH_MILLIONS", DEFAULT_MILLIONS);
    for (String size : millions.split(",")) {
      sizes.add(chain("made-up", madeUp(Math.round(Double.parseDouble(size) * 1e6))));
    }
    System.out.printf(
        "%n%12s %12s %12s %18s %22s %22s%n",
        "messages",
        "ingest s",
        "dialogues s",
        "messages/s/core",
        "heap MiB (both jobs)",
        "resident MiB (both)");
    for (Chain chain : sizes) {
      System.out.printf(
          Locale.ROOT,
          "%,12d %12.1f %12.1f %18.0f %22s %22s%n",
          chain.messages(),
          chain.ingest().seconds(),
          chain.dialogues().seconds(),
          chain.perCore(),
          chain.ingest().heapMib() + ", " + chain.dialogues().heapMib(),
          chain.ingest().residentMib() + ", " + chain.dialogues().residentMib());
    }
    Chain least = sizes.get(0);
    Chain most = sizes.get(sizes.size() - 1);
    String growth =
        String.format(Locale.ROOT, "%,d over %,d messages", most.messages(), least.messages());
    report.add("speed, " + growth, most.perCore() / least.perCore(), "x", 0.8, 1.0);
    report.add("speed at the largest size", most.perCore(), "messages/s/core");
    report.add("resident at the largest size", (double) most.residentMib(), "MiB");
    report.add(
        "heap of " + BenchJob.HEAP + " over resident at the largest size",
        4096.0 / most.residentMib(),
        "x",
        0.8,
        1.0);
    NearDuplicatesBench.measure(directory, report);
    LongConversationBench.measure(directory, report);
    return report.print();
  }

  /**
   * The measured messages as plain JSON Lines, split into files so that each core has some. Each
   * copy has its own conversations, and other letters of the same kind, so that its dialogues are
   * not duplicates.
   */
  private Path corpus(int copies) throws IOException, InterruptedException {
    String given = System.getenv("DIALOGBERT_MESSAGES");
    if (given == null) {
      return madeUp(300_000L * copies);
    }
    Path input = Files.createDirectory(directory.file("input-" + copies));
    List<BufferedWriter> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      files.add(Files.newBufferedWriter(input.resolve("messages-" + i + ".jsonl")));
    }
    for (int copy = 0; copy < copies; copy++) {
      try (BufferedReader lines = BenchCorpus.open(Path.of(given))) {
        int row = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String id = CONVERSATION.matcher(line).replaceFirst("$0" + copy + "-");
          files.get(row++ % FILES).append(otherLetters(id, copy)).append('\n');
        }
      }
    }
    for (BufferedWriter file : files) {
      file.close();
    }
    return input;
  }

  /** The text with each Hangul syllable, kana and kanji replaced by a later one of its kind. */
  private static String otherLetters(String text, int steps) {
    StringBuilder moved = new StringBuilder(text);
    for (int i = 0; steps > 0 && i < text.length(); i++) {
      char c = text.charAt(i);
      for (String kind : KINDS) {
        int size = kind.charAt(1) - kind.charAt(0) + 1;
        if (c >= kind.charAt(0) && c <= kind.charAt(1)) {
          moved.setCharAt(i, (char) (kind.charAt(0) + (c - kind.charAt(0) + 7 * steps) % size));
        }
      }
    }
    return moved.toString();
  }

  /** The speed of a plain Python program that does a part of the work in one process. */
  private static double pythonPerCore(Path input) throws IOException {
    try (BenchProcess peer = BenchProcess.python(List.of(), "corpus_peer.py", input)) {
      String[] pass = peer.ask("make").split(" ");
      return Long.parseLong(pass[0]) / Double.parseDouble(pass[1]);
    }
  }

  private Path madeUp(long messages) throws IOException, InterruptedException {
    Path sample = directory.file("sample");
    BenchJob.run(
        directory,
        "make-sample",
        "make-sample.output=" + sample,
        "make-sample.num-messages=" + messages,
        "make-sample.num-shards=" + Math.max(FILES, messages / MESSAGES_PER_SHARD));
    return sample.resolve("data");
  }

  /** Runs both jobs over the files of a directory, then deletes them and the outputs. */
  private Chain chain(String name, Path input) throws IOException, InterruptedException {
    Path key = directory.write("pseudonym.key", List.of("a key for measuring only"));
    Path messages = directory.file(name + "-messages");
    Path dialogues = directory.file(name + "-dialogues");
    BenchJob ingest =
        BenchJob.run(
            directory,
            "ingest-messages",
            "ingest-messages.input=[\"" + input + "\"]",
            "ingest-messages.output=" + messages,
            "ingest-messages.pseudonym-key-file=" + key);
    BenchJob build =
        BenchJob.run(
            directory,
            "build-dialogues",
            "build-dialogues.messages=" + messages,
            "build-dialogues.output=" + dialogues);
    long rows = BenchJob.manifest(messages).path("counts").path("rows_in").asLong();
    for (Path made :
        List.of(messages, dialogues, input.endsWith("data") ? input.getParent() : input)) {
      BenchDirectory.delete(made);
    }
    Chain chain = new Chain(rows, ingest, build);
    System.err.printf(
        Locale.ROOT,
        "corpus: %,d messages in %.1f + %.1f s%n",
        rows,
        ingest.seconds(),
        build.seconds());
    return chain;
  }

  private record Chain(long messages, BenchJob ingest, BenchJob dialogues) {
    double perCore() {
      return messages / ((ingest.seconds() + dialogues.seconds()) * BenchJob.CORES);
    }

    long residentMib() {
      return Math.max(ingest.residentMib(), dialogues.residentMib());
    }
  }
}
