package io.dialogbert.bench;

import io.dialogbert.bench.NoisySet.Flips;
import io.dialogbert.finetune.TaskRows;
import io.dialogbert.finetune.Tasks;
import io.dialogbert.finetune.correct.CorrectLabelsJob;
import io.dialogbert.finetune.data.BuildTaskDataJob;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.job.StubJob;
import io.dialogbert.job.TinyTokenizer;
import io.dialogbert.job.table.Tokenizers;
import io.dialogbert.report.TextTable;
import io.dialogbert.task.Layout;
import io.dialogbert.task.TaskExample;
import io.dialogbert.task.TaskSpec;
import io.dialogbert.task.correct.LinearChecker.Lesson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;

/**
 * What correct-labels finds among labels that were spoilt on purpose, beside cleanlab on the same
 * probabilities; what is learned from its output; and whether real labels that people disagree on
 * are among those that it doubts.
 */
final class LabelsBench {
  private static final double[] SHARES = {0.1, 0.2};
  private static final double STRONG = 0.2;

  private final Path work;
  private final BenchReport report = new BenchReport("labels");
  private final List<Case> cases = new ArrayList<>();

  /** Labels of a set, spoilt in some way. */
  private record Case(NoisySet set, Flips flips, double share, int[] given) {
    String id() {
      return "%s-%s-%d"
          .formatted(set.name(), flips, Math.round(100 * share))
          .toLowerCase(Locale.ROOT)
          .replace(' ', '-')
          .replace('_', '-');
    }

    boolean[] wrong() {
      boolean[] wrong = new boolean[given.length];
      for (int i = 0; i < wrong.length; i++) {
        wrong[i] = given[i] != set.train().get(i).label();
      }
      return wrong;
    }
  }

  private LabelsBench(Path work) {
    this.work = work;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("labels-bench");
    LabelsBench bench = new LabelsBench(work);
    int status = bench.run();
    SparkTestSession.stop();
    BenchDirectory.delete(work);
    System.exit(status);
  }

  private int run() throws IOException, InterruptedException {
    Path data = TableJobs.data();
    for (NoisySet set :
        List.of(NoisySet.topics(data), NoisySet.intents(data), NoisySet.sentiments(data))) {
      double[][] logs = set.heldOut();
      for (double share : SHARES) {
        for (Flips flips : Flips.values()) {
          cases.add(new Case(set, flips, share, set.spoilt(logs, flips, share)));
        }
      }
    }
    cases.sort(Comparator.comparingDouble(one -> -one.share()));
    for (Case one : cases) {
      make(one.id(), one.set(), one.given());
      correct(one.id(), "correct");
      writeProbabilities(one);
      System.err.println("done: " + one.id());
    }
    askPeer();
    tellFound();
    tellLearned();
    tellDisagreement(
        "3i4k", NoisySet.read(data.resolve("3i4k/fci_train_val.txt.gz"), false, 0, 1), 7);
    tellDisagreement(
        "nsmc", NoisySet.read(data.resolve("nsmc/ratings_train.txt.gz"), true, 2, 1), 2);
    return report.print();
  }

  /** Task data whose tokens are characters. */
  private void make(String name, NoisySet set, int[] given) {
    new StubJob<>(new BuildTaskDataJob(), job -> make(job, set, given))
        .make(
            "dialogues=unread",
            "reactions=unread",
            "tokenizer=unread",
            "output=" + work.resolve(name));
  }

  private static void make(JobContext job, NoisySet set, int[] given) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < given.length; i++) {
      TaskExample example =
          TaskExample.ofText(Integer.toString(i), "ko", set.train().get(i).tokens(), given[i]);
      rows.add(TaskRows.toRow(example, new String[0], "train"));
    }
    job.write(job.spark().createDataFrame(rows, TaskRows.SCHEMA).repartition(4), "data", "split");
    Tokenizers.saveSettings(job.directories(), job.output(), TinyTokenizer.of(50, 2));
    Tasks.save(
        job,
        new TaskSpec(
            "made-up",
            TaskSpec.Kind.TEXT_CLASSES,
            new Layout(48, 1, false),
            IntStream.range(0, set.numClasses())
                .mapToObj(c -> new TaskSpec.ClassName("", Integer.toString(c)))
                .toList(),
            TaskSpec.Range.NONE));
  }

  private void correct(String data, String how, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "correct-labels.task-data=" + work.resolve(data),
                "correct-labels.output=" + work.resolve(data + "-" + how),
                "correct-labels.ngrams=" + NoisySet.NGRAMS));
    all.addAll(List.of(settings));
    JobRun run = JobRun.of(new CorrectLabelsJob(), all.toArray(String[]::new));
    if (run.exitCode() != JobMain.DONE) {
      throw new IllegalStateException(run.printed());
    }
  }

  /** What was found of each row, in their order. */
  private List<Row> posteriors(String data, String how) {
    List<Row> rows =
        SparkTestSession.get()
            .read()
            .parquet(work.resolve(data + "-" + how).resolve("posteriors").toString())
            .collectAsList();
    Row[] ordered = new Row[rows.size()];
    rows.forEach(row -> ordered[Integer.parseInt(row.<String>getAs("example_id"))] = row);
    return Arrays.asList(ordered);
  }

  private void writeProbabilities(Case one) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Row row : posteriors(one.id(), "correct")) {
      StringBuilder line = new StringBuilder().append(row.<Integer>getAs("given"));
      for (float log : row.<Float>getList(row.fieldIndex("checkers_logits"))) {
        line.append('\t').append(Math.exp(log));
      }
      lines.add(line.toString());
    }
    Files.write(work.resolve(one.id() + ".tsv"), lines);
  }

  private void askPeer() throws IOException, InterruptedException {
    String program =
        System.getProperty("bench.root") + "/pipeline-finetune/src/test/python/labels_peer.py";
    int status =
        new ProcessBuilder(System.getProperty("bench.python"), program, work.toString())
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IllegalStateException("labels_peer.py gave exit code " + status);
    }
  }

  /** A column of what cleanlab says. */
  private double[] peer(Case one, int column) throws IOException {
    return Files.readAllLines(work.resolve(one.id() + ".peer")).stream()
        .mapToDouble(line -> Double.parseDouble(line.split("\t")[column]))
        .toArray();
  }

  private double[] doubts(Case one) {
    return posteriors(one.id(), "correct").stream()
        .mapToDouble(row -> 1 - row.<Double>getAs("given_probability"))
        .toArray();
  }

  private void tellFound() throws IOException {
    TextTable table =
        new TextTable(
            "average precision (found at 1 % and 3 % harmed)",
            "cleanlab", "by margin", "correct-labels");
    Map<Flips, List<Double>> gains = new HashMap<>();
    for (Case one : cases) {
      boolean[] wrong = one.wrong();
      FoundFlips cleanlab = FoundFlips.of(peer(one, 0), wrong);
      FoundFlips margin = FoundFlips.of(peer(one, 1), wrong);
      FoundFlips own = FoundFlips.of(doubts(one), wrong);
      table.row(one.id(), show(cleanlab), show(margin), show(own));
      report.add(one.id() + ", average precision", own.averagePrecision(), "%");
      if (one.share() == STRONG) {
        gains
            .computeIfAbsent(one.flips(), any -> new ArrayList<>())
            .add(own.averagePrecision() - cleanlab.averagePrecision());
      }
    }
    System.out.printf("%n%s", table.render());
    gains.forEach(
        (flips, ofSets) -> {
          String what = "20 %% flips, %s, over cleanlab: ".formatted(flips);
          report.add(
              what + "sets",
              (double) ofSets.stream().filter(gain -> gain >= 0).count(),
              "of 3",
              2.0,
              null);
          report.add(
              what + "least",
              ofSets.stream().mapToDouble(gain -> gain).min().orElseThrow(),
              "points",
              -1.0,
              null);
        });
  }

  private static String show(FoundFlips found) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.0f, %.0f)",
        found.averagePrecision(),
        found.atOnePercent(),
        found.atThreePercent());
  }

  private void tellLearned() throws IOException {
    TextTable table =
        new TextTable(
            "accuracy on clean test texts, %",
            "clean", "noisy", "oracle", "cleanlab", "correct", "drop", "soft", "found", "harmed");
    for (Case one : cases.stream().filter(c -> c.share() == STRONG).toList()) {
      correct(one.id(), "soft", "correct-labels.mode=soft");
      NoisySet set = one.set();
      int[] labels = set.labels();
      boolean[] wrong = one.wrong();
      List<Row> corrected = posteriors(one.id(), "correct");
      List<Row> soft = posteriors(one.id(), "soft");
      double[] issues = peer(one, 2);
      double clean = accuracy(set, i -> true, i -> set.lesson(i, labels[i]));
      double noisy = accuracy(set, i -> true, i -> set.lesson(i, one.given()[i]));
      double oracle = accuracy(set, i -> !wrong[i], i -> set.lesson(i, labels[i]));
      double cleanlab = accuracy(set, i -> issues[i] == 0, i -> set.lesson(i, one.given()[i]));
      double correct =
          accuracy(set, i -> true, i -> set.lesson(i, corrected.get(i).<Integer>getAs("label")));
      double drop =
          accuracy(
              set,
              i -> corrected.get(i).<String>getAs("decision").equals("keep"),
              i -> set.lesson(i, one.given()[i]));
      double softly = accuracy(set, i -> true, i -> softLesson(set, i, soft.get(i)));
      double[] shares = foundAndHarmed(corrected, wrong);
      table.row(
          one.id(),
          show(clean),
          show(noisy),
          show(oracle),
          show(cleanlab),
          show(correct),
          show(drop),
          show(softly),
          show(shares[0]),
          show(shares[1]));
      report.add(one.id() + ", lost accuracy back, drop", (drop - noisy) / (clean - noisy), "");
      report.add(
          one.id() + ", lost accuracy back, soft",
          (softly - noisy) / (clean - noisy),
          "",
          0.5,
          null);
    }
    System.out.printf("%n%s", table.render());
  }

  private static Lesson softLesson(NoisySet set, int i, Row row) {
    int[] classes =
        row.<Integer>getList(row.fieldIndex("classes")).stream().mapToInt(c -> c).toArray();
    double[] shares =
        row.<Float>getList(row.fieldIndex("logits")).stream().mapToDouble(Math::exp).toArray();
    return set.lesson(i, classes, shares);
  }

  private static double accuracy(NoisySet set, IntPredicate learns, IntFunction<Lesson> lesson) {
    return set.accuracy(
        IntStream.range(0, set.train().size()).filter(learns).mapToObj(lesson).toList());
  }

  /** Percent of the wrong labels that were replaced, and of the right ones. */
  private static double[] foundAndHarmed(List<Row> rows, boolean[] wrong) {
    double[] replaced = new double[2];
    double[] all = new double[2];
    for (int i = 0; i < wrong.length; i++) {
      int which = wrong[i] ? 0 : 1;
      all[which]++;
      replaced[which] += rows.get(i).<String>getAs("decision").equals("correct") ? 1 : 0;
    }
    return new double[] {100 * replaced[0] / all[0], 100 * replaced[1] / all[1]};
  }

  private static String show(double percent) {
    return String.format(Locale.ROOT, "%.1f", percent);
  }

  /** Texts with two labels, among others: how much more frequent they are among doubted rows. */
  private void tellDisagreement(String name, List<NoisySet.Text> texts, int numClasses) {
    Map<List<Integer>, Set<Integer>> labels = new HashMap<>();
    for (NoisySet.Text text : texts) {
      labels.computeIfAbsent(key(text), any -> new HashSet<>()).add(text.label());
    }
    List<NoisySet.Text> rows = new ArrayList<>();
    int others = 0;
    for (NoisySet.Text text : texts) {
      if (labels.get(key(text)).size() > 1 || others++ < 15_000) {
        rows.add(text);
      }
    }
    NoisySet set = new NoisySet(name, numClasses, rows, rows);
    make(name, set, set.labels());
    correct(name, "once");
    List<Row> found = posteriors(name, "once");
    double[] disagreed = new double[2];
    double[] all = new double[2];
    for (int i = 0; i < rows.size(); i++) {
      boolean doubted = !found.get(i).<String>getAs("decision").equals("keep");
      int two = labels.get(key(rows.get(i))).size() > 1 ? 1 : 0;
      all[0]++;
      disagreed[0] += two;
      all[1] += doubted ? 1 : 0;
      disagreed[1] += doubted ? two : 0;
    }
    report.add(name + ", rows of texts with two labels", disagreed[0], "rows");
    report.add(name + ", doubted rows", all[1], "rows");
    report.add(
        name + ", two labels among doubted over among all",
        disagreed[1] / all[1] / (disagreed[0] / all[0]),
        "times",
        3.0,
        null);
  }

  private static List<Integer> key(NoisySet.Text text) {
    return IntStream.of(text.tokens()).boxed().toList();
  }
}
