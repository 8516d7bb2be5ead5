package io.dialogbert.job.report;

import io.dialogbert.frame.Job;
import io.dialogbert.frame.JobContext;
import io.dialogbert.frame.JobMain;
import io.dialogbert.frame.Lineage;
import io.dialogbert.frame.config.ConfigReader;
import io.dialogbert.frame.config.JobCatalog;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.report.CorpusTables;
import io.dialogbert.report.HtmlReport;
import io.dialogbert.report.ReactionCoverage;
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
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/** Reports on the finished stages below a directory: a page with charts, and a console summary. */
public final class ReportJob implements Job<ReportJob.ReportConfig> {
  /** The job whose tables the page shows. */
  private static final String STATISTICS = "corpus-stats";

  /** The job whose table of coverage the page shows. */
  private static final String REACTIONS = "mine-reactions";

  private static final String COVERAGE = "coverage";

  /** More ranks would add nothing to a chart. */
  private static final int MAX_RANKS = 3_000;

  /** For a table without ranks, such as one row per day: as many rows as a page can hold. */
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
      String name = WorkDirectoryReader.name(config.work(), stage);
      lineage =
          List.of(STATISTICS, REACTIONS).contains(stage.manifest().job())
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
    Optional<StageReport> reactions = stage(work, REACTIONS);
    if (reactions.isPresent()) {
      SmallTable coverage = table(job, reactions.get(), COVERAGE);
      tables.add(ReactionCoverage.of(coverage.columns(), coverage.rows()));
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
    names.removeIf(name -> !CorpusTables.shows(name));
    List<ReportTable> tables = new ArrayList<>();
    for (String name : names) {
      SmallTable table = table(job, stage, name);
      int rows = table.columns().contains("rank") ? MAX_RANKS : MAX_ROWS;
      tables.add(
          CorpusTables.of(name, table.columns(), table.rows().stream().limit(rows).toList()));
    }
    return tables;
  }

  private static SmallTable table(JobContext job, StageReport stage, String name)
      throws IOException {
    List<String> files =
        stage.manifest().files().stream()
            .map(Manifest.OutputFile::path)
            .filter(path -> path.startsWith(name + "/"))
            .toList();
    return SmallTable.read(job.directories(), stage.directory(), files, MAX_ROWS);
  }

  /** The jobs' results in pipeline order, each from the first stage that has it. */
  private static List<Figure> summary(WorkDirectory work) {
    List<Figure> figures = new ArrayList<>();
    for (String job : JobCatalog.names()) {
      stage(work, job)
          .map(StageReport::manifest)
          .ifPresent(
              manifest ->
                  JobCatalog.figures(job)
                      .forEach(figure -> figure(figure, manifest).ifPresent(figures::add)));
    }
    return figures;
  }

  private static Optional<Figure> figure(JobCatalog.Figure figure, Manifest manifest) {
    Optional<String> value = shown(figure.unit(), manifest, figure.key());
    Optional<String> beside = shown(figure.unit(), manifest, figure.besideKey());
    return value.isPresent() && beside.isPresent()
        ? Optional.of(new Figure(figure.label(), value.get(), figure.beside() + " " + beside.get()))
        : Optional.empty();
  }

  private static Optional<String> shown(JobCatalog.Unit unit, Manifest manifest, String key) {
    Optional<Double> figure = Optional.ofNullable(manifest.figures().get(key));
    return switch (unit) {
      case NATS -> figure.map(nats -> String.format(Locale.ROOT, "%.3f", nats));
      case PERCENT -> figure.map(share -> String.format(Locale.ROOT, "%.1f %%", 100 * share));
      case COUNT ->
          Optional.ofNullable(manifest.counts().get(key))
              .map(count -> String.format(Locale.ROOT, "%,d", count));
    };
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
          stage.lostRows().values().stream().mapToLong(Long::longValue).sum(),
          stage.seconds().orElse(0),
          stage.peakMebibytes().orElse(0),
          stage.directory());
    }
    job.addToSummary(stages.render());
    TextTable losses = new TextTable("stage", "lost for", "rows");
    for (StageReport stage : work.stages()) {
      stage.lostRows().forEach((reason, rows) -> losses.row(stage.manifest().job(), reason, rows));
    }
    job.addToSummary(losses.render());
    TextTable results = new TextTable("result", "value", "to compare");
    summary.forEach(figure -> results.row(figure.label(), figure.value(), figure.note()));
    job.addToSummary(results.render());
    job.addToSummary("report: " + new Path(config.output(), FILE));
  }
}
