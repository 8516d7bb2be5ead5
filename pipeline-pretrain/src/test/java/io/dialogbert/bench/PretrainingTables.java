package io.dialogbert.bench;

import io.dialogbert.frame.store.Manifest;
import io.dialogbert.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What pretraining learns: small encoders, trained and scored by the project's own jobs with the
 * settings of {@code conf/tables.conf}, next to the figures of the Dialog-BERT talk. Existing
 * outputs are not made again.
 */
final class PretrainingTables {
  private static final int NUM_SEEDS = 2;
  private static final String MLM = "mlm_accuracy";
  private static final String NSP = "nsp_accuracy";

  /** Sets of examples, and the encoders trained on them. */
  private enum Examples {
    WRITTEN("written", "next-sentence", false),
    DIALOGUE("dialogue", "next-sentence", false),
    TURNS("dialogue", "next-sentence", true),
    FULL_SENTENCES("dialogue", "full-sentences", true);

    private final String domain;
    private final String pairing;
    private final boolean marksTurns;

    Examples(String domain, String pairing, boolean marksTurns) {
      this.domain = domain;
      this.pairing = pairing;
      this.marksTurns = marksTurns;
    }

    String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Scores of one encoder per seed on one test set. */
  private record Scores(List<Manifest> manifests) {
    double mean(String figure) {
      return Arrays.stream(percents(figure)).average().orElseThrow();
    }

    /** Mean, and half of the distance between the smallest and the largest value. */
    String show(String figure) {
      if (!manifests.get(0).figures().containsKey(figure)) {
        return "-";
      }
      double[] percents = percents(figure);
      Arrays.sort(percents);
      double spread = (percents[percents.length - 1] - percents[0]) / 2;
      return String.format(Locale.ROOT, "%.1f ± %.1f", mean(figure), spread);
    }

    /** A figure of the test set that does not depend on the encoder. */
    String shared(String figure) {
      return manifests.get(0).figures().containsKey(figure)
          ? String.format(Locale.ROOT, "%.1f", mean(figure))
          : "-";
    }

    private double[] percents(String figure) {
      return manifests.stream().mapToDouble(m -> 100 * m.figures().get(figure)).toArray();
    }
  }

  private static final String CONF = "tables.conf";

  private final TableJobs jobs = new TableJobs("work/tables");
  private final Path work = jobs.work();
  private final BenchReport report;
  private final TextTable table =
      new TextTable(
          "trained on",
          "tested on",
          "masked LM, %",
          "most frequent token",
          "in the talk",
          "next sentence, %",
          "majority",
          "there");

  private PretrainingTables(String name) {
    report = new BenchReport(name);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(new PretrainingTables(args[0]).make(args[0]));
  }

  private int make(String name) throws IOException, InterruptedException {
    prepare();
    switch (name) {
      case "domain" -> compareDomains();
      case "turns" -> compareTurns();
      case "pairs" -> comparePairs();
      default -> throw new IllegalArgumentException("no table of this name: " + name);
    }
    System.out.printf("%n%s", table.render());
    return report.print();
  }

  private void compareDomains() throws IOException, InterruptedException {
    Scores ww = row(Examples.WRITTEN, Examples.WRITTEN, "55.7", "95.3");
    Scores wd = row(Examples.WRITTEN, Examples.DIALOGUE, "36.2", "44.6");
    Scores dw = row(Examples.DIALOGUE, Examples.WRITTEN, "24.6", "46.4");
    Scores dd = row(Examples.DIALOGUE, Examples.DIALOGUE, "53.8", "84.1");
    lead("masked LM on written text: trained on it, over trained on dialogues", MLM, ww, dw, 0.0);
    lead("masked LM on dialogues: trained on them, over trained on text", MLM, dd, wd, 0.0);
    lead("next sentence on written text: the same", NSP, ww, dw, null);
    lead("next sentence on dialogues: the same", NSP, dd, wd, null);
  }

  private void compareTurns() throws IOException, InterruptedException {
    Scores without = row(Examples.DIALOGUE, Examples.DIALOGUE, "53.6", "84.1");
    Scores with = row(Examples.TURNS, Examples.TURNS, "55.3", "88.4");
    lead("masked LM: turns marked, over not", MLM, with, without, null);
    lead("next sentence: turns marked, over not", NSP, with, without, null);
  }

  private void comparePairs() throws IOException, InterruptedException {
    for (Examples test : List.of(Examples.TURNS, Examples.FULL_SENTENCES)) {
      Scores pairs = row(Examples.TURNS, test, "-", "-");
      Scores full = row(Examples.FULL_SENTENCES, test, "-", "-");
      lead(
          "masked LM on " + test.id() + ": trained on full sentences, over pairs",
          MLM,
          full,
          pairs,
          null);
    }
  }

  private void lead(String what, String figure, Scores one, Scores other, Double must) {
    report.add(what, one.mean(figure) - other.mean(figure), "points", must, 0.0);
  }

  /**
   * Trains and scores.
   *
   * @param talkMlm accuracy in the talk, in percent
   */
  private Scores row(Examples train, Examples test, String talkMlm, String talkNsp)
      throws IOException, InterruptedException {
    List<Manifest> manifests = new ArrayList<>();
    for (int seed = 1; seed <= NUM_SEEDS; seed++) {
      String encoder = train.id() + "-" + seed;
      Path checkpoint = work.resolve("pretrained-" + encoder);
      run("pretrain", checkpoint, "pretrain.examples=" + examples(train), "seed=" + seed);
      Path evaluation = work.resolve("evaluation-" + encoder + "-on-" + test.id());
      manifests.add(
          run(
              "evaluate-encoder",
              evaluation,
              "evaluate-encoder.checkpoint=" + checkpoint,
              "evaluate-encoder.examples=" + examples(test)));
    }
    Scores scores = new Scores(manifests);
    boolean judgesPairs = !train.pairing.equals("full-sentences");
    table.row(
        train.id(),
        test.id(),
        scores.show(MLM),
        scores.shared("baseline_most_frequent_token_accuracy"),
        talkMlm,
        judgesPairs ? scores.show(NSP) : "-",
        judgesPairs ? scores.shared("baseline_nsp_accuracy") : "-",
        talkNsp);
    String what = "trained on " + train.id() + ", tested on " + test.id();
    report.add(what + ": masked LM", scores.mean(MLM), "%");
    if (judgesPairs && !test.pairing.equals("full-sentences")) {
      report.add(what + ": next sentence", scores.mean(NSP), "%");
    }
    return scores;
  }

  private Path examples(Examples examples) throws IOException, InterruptedException {
    Path output = work.resolve("examples-" + examples.id());
    run(
        "build-examples",
        output,
        "build-examples.dialogues=" + work.resolve("dialogues-" + examples.domain),
        "build-examples.pairing=" + examples.pairing,
        "build-examples.use-turn-separator=" + examples.marksTurns,
        "build-examples.use-turn-embedding=" + examples.marksTurns);
    return output;
  }

  /** Makes everything that the examples are made from. */
  private void prepare() throws IOException, InterruptedException {
    DomainCorpora.write(TableJobs.data(), work.resolve("raw"));
    jobs.writeKey();
    Path written = work.resolve("raw/written.jsonl.gz");
    Path dialogue = work.resolve("raw/dialogue.jsonl.gz");
    dialogues("both", written, dialogue);
    dialogues("written", written);
    dialogues("dialogue", dialogue);
    run(
        "train-tokenizer",
        work.resolve("tokenizer"),
        "train-tokenizer.dialogues=" + work.resolve("dialogues-both"));
  }

  private void dialogues(String domain, Path... raw) throws IOException, InterruptedException {
    Path messages = work.resolve("messages-" + domain);
    String input =
        Arrays.stream(raw).map(file -> "\"" + file + '"').collect(Collectors.joining(", "));
    run("ingest-messages", messages, "ingest-messages.input=[" + input + "]");
    run(
        "build-dialogues",
        work.resolve("dialogues-" + domain),
        "build-dialogues.messages=" + messages);
  }

  private Manifest run(String job, Path output, String... settings)
      throws IOException, InterruptedException {
    return jobs.run(CONF, job, output, settings);
  }
}
