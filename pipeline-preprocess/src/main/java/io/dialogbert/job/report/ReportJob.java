package io.dialogbert.job.report;

import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.report.CorpusTables;
import io.dialogbert.report.HtmlReport;
import io.dialogbert.report.ReportData;
import io.dialogbert.report.ReportData.Figure;
import io.dialogbert.report.ReportTable;
import io.dialogbert.report.StageReport;
import io.dialogbert.report.TextTable;
import io.dialogbert.report.WorkDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/**
 * Shows what the finished stages below a directory did: a page with charts, and a summary on the
 * console.
 */
public final class ReportJob implements Job<ReportJob.ReportConfig> {
  /** The job whose tables the page shows. */
  private static final String STATISTICS = "corpus-stats";

  /** Statistics that the page has from the manifests themselves. */
  private static final Set<String> OF_MANIFESTS = Set.of("outcomes", "personal_data");

  /** More ranks than this say no more in a chart. */
  private static final int MAX_RANKS = 3_000;

  /** Of a table without ranks, such as one row a day: as many as a page can hold. */
  private static final int MAX_ROWS = 100_000;

  private static final String FILE = "report.html";

  static final String NAME = "report";

  /**
   * Settings.
   *
   * @param work directory that holds the stages' directories
   */
  public record ReportConfig(String work, String output) {}

  public static void main(String[] args) {
    JobMain.run(new ReportJob(), args);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ReportConfig configure(ConfigReader in) {
    return new ReportConfig(in.path("work"), in.path("output"));
  }

  @Override
  public boolean usesSpark() {
    return false;
  }

  @Override
  public Lineage lineage(ReportConfig config) {
    return Lineage.to(config.output()).fingerprint("page-files", HtmlReport.fingerprint());
  }

  /** The finished stages are its inputs. */
  @Override
  public Lineage lineage(ReportConfig config, Directories directories) throws IOException {
    Lineage lineage = lineage(config);
    for (StageReport stage : new WorkDirectoryReader(directories).read(config.work()).stages()) {
      String name = new Path(stage.directory()).getName();
      lineage =
          stage.manifest().job().equals(STATISTICS)
              ? lineage.dataset(name, stage.directory())
              : lineage.manifest(name, stage.directory());
    }
    return lineage;
  }

  @Override
  public void run(JobContext job, ReportConfig config) throws IOException {
    WorkDirectory work = new WorkDirectoryReader(job.directories()).read(config.work());
    List<ReportTable> tables = new ArrayList<>();
    Optional<StageReport> statistics = stage(work, STATISTICS);
    if (statistics.isPresent()) {
      tables.addAll(statistics(job, statistics.get()));
    }
    List<Figure> summary = summary(work);
    ReportData data = new ReportData("Dialog-BERT", summary, work.stages(), work.runs(), tables);
    job.directories().writeString(job.outputPath(FILE), HtmlReport.render(data));
    print(job, config, work, summary);
  }

  private static Optional<StageReport> stage(WorkDirectory work, String job) {
    return work.stages().stream().filter(stage -> stage.manifest().job().equals(job)).findFirst();
  }

  private static List<ReportTable> statistics(JobContext job, StageReport stage)
      throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (Manifest.OutputFile file : stage.manifest().files()) {
      names.add(file.path().split("/")[0]);
    }
    names.removeAll(OF_MANIFESTS);
    List<ReportTable> tables = new ArrayList<>();
    for (String name : names) {
      List<String> files =
          stage.manifest().files().stream()
              .map(Manifest.OutputFile::path)
              .filter(path -> path.startsWith(name + "/"))
              .toList();
      SmallTable table = SmallTable.read(job.directories(), stage.directory(), files, MAX_ROWS);
      int rows = table.columns().contains("rank") ? MAX_RANKS : MAX_ROWS;
      tables.add(
          CorpusTables.of(name, table.columns(), table.rows().stream().limit(rows).toList()));
    }
    return tables;
  }

  private static List<Figure> summary(WorkDirectory work) {
    List<Figure> figures = new ArrayList<>();
    stage(work, "evaluate-encoder")
        .map(StageReport::manifest)
        .ifPresent(
            m -> {
              add(
                  figures,
                  m,
                  "Masked LM loss, held out",
                  "%.3f",
                  "mlm_loss",
                  "unigram model %.3f",
                  "baseline_unigram_loss");
              add(
                  figures,
                  m,
                  "Masked LM accuracy, held out",
                  "%.1f %%",
                  "mlm_accuracy",
                  "most frequent token %.1f %%",
                  "baseline_most_frequent_token_accuracy");
              add(
                  figures,
                  m,
                  "Next sentence accuracy, held out",
                  "%.1f %%",
                  "nsp_accuracy",
                  "majority %.1f %%",
                  "baseline_nsp_accuracy");
            });
    stage(work, "finetune")
        .map(StageReport::manifest)
        .ifPresent(
            m ->
                add(
                    figures,
                    m,
                    "Reaction accuracy, test",
                    "%.1f %%",
                    "test_accuracy",
                    "most frequent class %.1f %%",
                    "baseline_most_frequent_class_accuracy"));
    stage(work, "distill")
        .map(StageReport::manifest)
        .ifPresent(
            m -> {
              add(
                  figures,
                  m,
                  "Student's reaction accuracy, test",
                  "%.1f %%",
                  "student_test_accuracy",
                  "teacher %.1f %%",
                  "teacher_test_accuracy");
              long student = m.counts().getOrDefault("student_parameters", 0L);
              long teacher = m.counts().getOrDefault("teacher_parameters", 0L);
              figures.add(
                  new Figure(
                      "Student's parameters",
                      String.format(Locale.ROOT, "%,d", student),
                      String.format(Locale.ROOT, "teacher %,d", teacher)));
            });
    return figures;
  }

  private static void add(
      List<Figure> figures,
      Manifest manifest,
      String label,
      String format,
      String key,
      String note,
      String noteKey) {
    double factor = format.contains("%%") ? 100 : 1;
    Double value = manifest.figures().get(key);
    Double beside = manifest.figures().get(noteKey);
    if (value != null && beside != null) {
      figures.add(
          new Figure(
              label,
              String.format(Locale.ROOT, format, factor * value),
              String.format(Locale.ROOT, note, factor * beside)));
    }
  }

  private static void print(
      JobContext job, ReportConfig config, WorkDirectory work, List<Figure> summary) {
    TextTable stages =
        new TextTable("stage", "rows in", "rows out", "lost", "seconds", "peak MiB", "directory");
    for (StageReport stage : work.stages()) {
      stages.row(
          stage.label(),
          stage.rowsIn().isPresent() ? stage.rowsIn().getAsLong() : "",
          stage.rowsOut().isPresent() ? stage.rowsOut().getAsLong() : "",
          stage.lost().values().stream().mapToLong(Long::longValue).sum(),
          stage.seconds().orElse(0),
          stage.peakMebibytes().orElse(0),
          stage.directory());
    }
    job.say(stages.render());
    TextTable losses = new TextTable("stage", "lost for", "rows");
    for (StageReport stage : work.stages()) {
      stage.lost().forEach((reason, rows) -> losses.row(stage.manifest().job(), reason, rows));
    }
    job.say(losses.render());
    TextTable results = new TextTable("result", "value", "to compare");
    summary.forEach(figure -> results.row(figure.label(), figure.value(), figure.note()));
    job.say(results.render());
    job.say("report: " + new Path(config.output(), FILE));
  }
}
