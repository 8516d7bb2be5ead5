package io.dialogbert.finetune.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogbert.dialogue.Splits;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.job.JobRun;
import io.dialogbert.job.SparkTestSession;
import io.dialogbert.task.label.LabeledText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labeled files as a job reads them: tables, counts, summary and failures. */
final class LabeledDataIT {
  @TempDir private Path work;

  /** The settings of the job under test. */
  private record Config(String output, LabeledFilesConfig labeled) {}

  /** A job that reads labeled files and nothing else. */
  private static final class Reading implements Job<Config> {
    private Map<String, List<LabeledText>> examples;

    @Override
    public String name() {
      return "build-task-data";
    }

    @Override
    public Config configure(ConfigReader in) {
      return new Config(in.path("output"), LabeledFilesConfig.read(in.section("labeled")));
    }

    @Override
    public Lineage lineage(Config config) {
      return config.labeled().addTo(Lineage.to(config.output()));
    }

    @Override
    public void run(JobContext job, Config config) {
      examples = LabeledData.load(job, config.labeled());
    }
  }

  @AfterAll
  static void stopSpark() {
    SparkTestSession.stop();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text);
  }

  private JobRun run(Reading job, Path train, String... settings) {
    return JobRun.of(
        job,
        Stream.concat(
                Stream.of("output=" + work.resolve("out"), "labeled.train=[\"" + train + "\"]"),
                Stream.of(settings))
            .map(setting -> "build-task-data." + setting)
            .toArray(String[]::new));
  }

  private static String rows(int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> "문장 " + i + "\t" + i % 2 + "\n")
        .collect(Collectors.joining("", "text\tlabel\n", ""));
  }

  private List<Row> table(String output, String name) {
    return SparkTestSession.get().read().parquet(work + "/" + output + "/" + name).collectAsList();
  }

  @Test
  void writesRejectsAndProfileAndPrintsIt() throws Exception {
    Path train = write("train.tsv", rows(300) + "비밀 문장\t7\n");
    Path test = write("test.tsv", rows(300) + "다른 문장\t0\n");
    Reading job = new Reading();
    JobRun run =
        run(job, train, "labeled.test=[\"" + test + "\"]", "labeled.labels=[\"0=no\", \"1=yes\"]");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(job.examples.keySet()).containsExactlyElementsOf(Splits.ALL);
    assertThat(job.examples.get(Splits.TEST)).hasSize(301);
    assertThat(job.examples.get(Splits.VALIDATION).size()).isBetween(10, 60);
    assertThat(run.out())
        .contains("test: rows 301, rows of class no 151 / yes 150")
        .contains("rows also in train " + job.examples.get(Splits.TRAIN).size())
        .doesNotContain("문장");
    assertThat(table("out", "rejects"))
        .extracting(Row::toString)
        .containsExactly("[train,train.tsv,302,unknown-label,a label must be one of 0, 1]");
    assertThat(table("out", "profile"))
        .extracting(Row::toString)
        .contains(
            "[test,rows,,301.0]", "[test,rows-of-class,yes,150.0]", "[train,duplicates,,0.0]");
    Manifest manifest =
        new Directories(new Configuration()).manifest(work.resolve("out").toString()).orElseThrow();
    assertThat(manifest.counts()).containsEntry("rows_in", 602L);
    assertThat(manifest.counts()).containsEntry("rejected.unknown-label", 1L);
  }

  /** There is no column of labels, and nothing is said of any. */
  @Test
  void readsPairsWithoutLabels() throws Exception {
    StringBuilder pairs = new StringBuilder("question\tother\tanswer\n");
    for (int i = 0; i < 200; i++) {
      pairs.append("질문 %d\t물음 %d\t답 %d\n".formatted(i, i, i / 2));
    }
    Reading job = new Reading();
    JobRun run =
        run(
            job,
            write("pairs.tsv", pairs.toString()),
            "labeled.kind=paraphrases",
            "labeled.labels=[]",
            "labeled.columns.first=question",
            "labeled.columns.second=other",
            "labeled.columns.group=[answer]");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(job.examples.get(Splits.TRAIN).get(0).group()).startsWith("답");
    assertThat(run.out())
        .contains("texts with two labels 0")
        .doesNotContain("score min")
        .doesNotContain("NaN");
  }

  @Test
  void failsAboveTheRejectRatioAndNamesTheFirstRejectsWithoutText() throws Exception {
    Path train = write("train.tsv", rows(10) + "비밀 문장\t7\n\t1\n");
    JobRun run = run(new Reading(), train, "labeled.labels=[\"0\", \"1\"]");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("2 of 12 rows rejected, more than max-reject-ratio = 0.01 allows")
        .contains("train.tsv row 12: unknown-label (a label must be one of 0, 1)")
        .contains("train.tsv row 13: empty-text (text must not be empty)")
        .doesNotContain("비밀");
    assertThat(table(".out.unfinished/*", "rejects")).hasSize(2);
  }

  @Test
  void aBadFileFailsWhateverTheRatio() throws Exception {
    JobRun run =
        run(
            new Reading(),
            write("train.tsv", "text\n가\n"),
            "labeled.labels=[\"0\", \"1\"]",
            "labeled.max-reject-ratio=1");
    assertThat(run.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(run.err())
        .contains("a labeled file cannot be read to its end")
        .contains("train.tsv row 1: wrong-columns (the header must have the column label)");
  }

  @Test
  void classesAndSplitsWithoutExamplesFail() throws Exception {
    Path train = write("train.tsv", rows(100));
    JobRun noClass = run(new Reading(), train, "labeled.labels=[\"0\", \"1\", \"2=third\"]");
    assertThat(noClass.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(noClass.err())
        .contains("every class must have examples in train, but third has none");
    Path few = write("few.tsv", rows(1));
    JobRun noSplit = run(new Reading(), few, "labeled.labels=[\"0\", \"1\"]");
    assertThat(noSplit.exitCode()).isEqualTo(JobMain.BAD_INPUT);
    assertThat(noSplit.err()).contains("must have examples, but has none");
  }

  @Test
  void saysWhenAGroupIsLarge() throws Exception {
    Path train =
        write(
            "train.tsv",
            IntStream.range(0, 200)
                .mapToObj(i -> (i < 50 ? "모두" : "방 " + i) + "\t문장 " + i + "\t" + i % 2 + "\n")
                .collect(Collectors.joining("", "room\ttext\tlabel\n", "")));
    JobRun run =
        run(new Reading(), train, "labeled.labels=[\"0\", \"1\"]", "labeled.columns.group=[room]");
    assertThat(run.exitCode()).as(run.printed()).isEqualTo(JobMain.DONE);
    assertThat(run.out()).contains("the largest of 151 groups has 50 examples");
  }
}
