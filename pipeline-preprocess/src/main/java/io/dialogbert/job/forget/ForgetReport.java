package io.dialogbert.job.forget;

import io.dialogbert.frame.config.JobCatalog;
import io.dialogbert.frame.config.JobCatalog.Output;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.frame.store.Rewrites;
import io.dialogbert.job.table.RowMapping;
import io.dialogbert.report.TextTable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What happens to each stage, and what the user must do about those that are not rewritten. Each
 * stage comes after its inputs.
 */
final class ForgetReport {
  static final StructType SCHEMA =
      new StructType()
          .add("directory", DataTypes.StringType, false)
          .add("job", DataTypes.StringType, false)
          .add("action", DataTypes.StringType, false)
          .add("files_rewritten", DataTypes.IntegerType, false)
          .add("rows_changed", DataTypes.LongType, false)
          .add("what_to_do", DataTypes.StringType, false);

  /** What happened to a stage, and what the user must do about it; empty if nothing. */
  private record Line(Stage stage, String action, int files, long rows, String toDo) {}

  private static final RowMapping<Line> MAPPING =
      new RowMapping.Builder<Line>(SCHEMA)
          .set("directory", line -> line.stage().directory())
          .set("job", line -> line.stage().manifest().job())
          .set("action", Line::action)
          .set("files_rewritten", Line::files)
          .set("rows_changed", Line::rows)
          .set("what_to_do", Line::toDo)
          .build();

  private final Instant now = Instant.now();
  private final List<Line> lines = new ArrayList<>();
  private final List<Rewrites.Rewrite> changed = new ArrayList<>();
  private final SortedMap<String, Long> counts = new TreeMap<>();

  /**
   * The fingerprints that the stages so far, as they will be, and others have and had: an input
   * with another is not among the directories.
   */
  private final Set<String> known = new HashSet<>();

  /** The rows that these stages lost since they had a fingerprint. */
  private final Map<String, Long> lostSince = new HashMap<>();

  /** Maps fingerprints before this run to those after it. */
  private final Map<String, String> renewed = new HashMap<>();

  /** Fingerprints of stages that must be rebuilt. */
  private final Set<String> outdated = new HashSet<>();

  /**
   * Creates an empty report.
   *
   * @param others stages that are not reported
   */
  ForgetReport(Collection<Stage> others) {
    others.forEach(this::know);
  }

  private void know(Stage stage) {
    known.addAll(stage.fingerprints());
    ForgetHistory.of(stage.manifest()).rowsByFingerprint().forEach(lostSince::putIfAbsent);
  }

  List<Row> rows() {
    return lines.stream().map(MAPPING::row).toList();
  }

  /** The new manifests. */
  List<Rewrites.Rewrite> changed() {
    return changed;
  }

  /** Counts of what was removed, by job. */
  SortedMap<String, Long> counts() {
    return counts;
  }

  /** The report as a plain-text table. */
  String render() {
    TextTable table = new TextTable("directory", "action", "files", "rows", "to do");
    for (Line line : lines) {
      table.row(line.stage().directory(), line.action(), line.files(), line.rows(), line.toDo());
    }
    return table.render();
  }

  /**
   * Adds a stage.
   *
   * @param task the work on it; empty if it has no table of a known kind
   */
  void add(Stage stage, Optional<ForgetTask> task) throws IOException {
    Stage left = stage;
    if (task.isPresent()) {
      Optional<Manifest> manifest = newManifest(stage, task.get());
      if (manifest.isPresent()) {
        left = new Stage(stage.directory(), manifest.get());
        changed.add(new Rewrites.Rewrite(stage.directory(), stage.manifest(), manifest.get()));
      }
      task.get()
          .counts()
          .forEach(
              (key, value) -> {
                if (key.startsWith(ForgetTask.FORGOTTEN)) {
                  counts.merge(stage.manifest().job() + "." + key, value, Long::sum);
                }
              });
    }
    Optional<String> reason = reason(left, task);
    boolean isModel = writes(stage, Output.MODEL);
    int files = task.map(t -> t.files().size()).orElse(0);
    String action = files > 0 ? "rewritten" : "untouched";
    if (reason.isPresent()) {
      outdated.add(left.fingerprint());
      action = isModel ? "retrain" : "make-again";
    }
    lines.add(
        new Line(
            stage,
            action,
            files,
            task.map(ForgetTask::rows).orElse(0L),
            reason.map(why -> why + ": " + toDo(stage, isModel)).orElse("")));
    know(left);
    renewed.putIfAbsent(stage.fingerprint(), left.fingerprint());
  }

  private static String toDo(Stage stage, boolean isModel) {
    if (!isModel) {
      return "run " + stage.manifest().job() + " --overwrite";
    }
    return stage.isUnfinished() ? "delete this directory, and train again" : "train again";
  }

  /**
   * The manifest without what was removed. If the stage's own main table was processed too, the
   * manifest names its inputs as they are after this run. Empty if nothing changes.
   */
  private Optional<Manifest> newManifest(Stage stage, ForgetTask task) throws IOException {
    Manifest old = stage.manifest();
    List<Manifest.Input> inputs = new ArrayList<>();
    for (Manifest.Input input : old.inputs()) {
      String fingerprint = renewed.getOrDefault(input.fingerprint(), input.fingerprint());
      inputs.add(
          task.followsInputs()
              ? new Manifest.Input(input.name(), input.path(), fingerprint)
              : input);
    }
    if (task.files().isEmpty() && inputs.equals(old.inputs())) {
      return Optional.empty();
    }
    SortedMap<String, Long> newCounts = new TreeMap<>(old.counts());
    task.counts()
        .forEach(
            (key, value) -> {
              boolean isNew =
                  key.startsWith(ForgetTask.FORGOTTEN) || (key.startsWith("dropped.") && value > 0);
              if (isNew || newCounts.containsKey(key)) {
                newCounts.merge(key, value, Long::sum);
              }
            });
    return Optional.of(
        new Manifest(
            old.job(),
            old.format(),
            old.settings(),
            inputs,
            newCounts,
            old.figures(),
            task.newFiles(),
            ForgetHistory.add(old, now, task.rows())));
  }

  /** Why a stage must be rebuilt, if it must. */
  private Optional<String> reason(Stage stage, Optional<ForgetTask> task) {
    boolean followsInputs = task.isPresent() && task.get().followsInputs();
    boolean isModel = writes(stage, Output.MODEL);
    OptionalLong behind = OptionalLong.empty();
    for (Manifest.Input input : stage.directoryInputs()) {
      Long lost = lostSince.get(input.fingerprint());
      if (lost != null) {
        behind = OptionalLong.of(behind.orElse(0) + lost);
      }
    }
    if (behind.orElse(0) > 0) {
      return Optional.of(
          (isModel ? "trained on " : "made of ") + behind.getAsLong() + " rows with their turns");
    }
    if (isUntraceable(stage, task.isPresent())) {
      return Optional.of(
          "it does not tell whose turns are in it, or its dialogues are not among the directories");
    }
    if (!followsInputs) {
      // Token ids from an older tokenizer stay valid. Anything else may contain messages of the
      // users unnoticed.
      Optional<String> lost =
          stage.directoryInputs().stream()
              .filter(input -> !known.contains(input.fingerprint()))
              .map(Manifest.Input::name)
              .findFirst();
      if (lost.isPresent()) {
        return Optional.of(
            "may be made of their messages, since its input "
                + lost.get()
                + " is not among the directories as it was then");
      }
    }
    boolean isOutdated =
        !followsInputs
            && stage.directoryInputs().stream()
                .anyMatch(input -> outdated.contains(input.fingerprint()));
    return behind.isPresent() || isOutdated
        ? Optional.of("what it was made of has changed, or has to be made again first")
        : Optional.empty();
  }

  /** Whether the stage holds examples whose dialogues are not available. */
  private boolean isUntraceable(Stage stage, boolean hasKnownTable) {
    return writes(stage, Output.EXAMPLES)
        && !(hasKnownTable
            && stage.manifest().inputs().stream()
                .filter(input -> input.name().equals("dialogues"))
                .allMatch(input -> known.contains(input.fingerprint())));
  }

  private static boolean writes(Stage stage, Output output) {
    return JobCatalog.output(stage.manifest().job()) == output;
  }
}
