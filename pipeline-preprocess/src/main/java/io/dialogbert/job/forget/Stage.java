package io.dialogbert.job.forget;

import io.dialogbert.frame.store.Manifest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A finished directory of the pipeline.
 *
 * @param directory its path
 * @param manifest its manifest
 * @param fingerprint of the manifest
 */
record Stage(String directory, Manifest manifest, String fingerprint) {
  /** The table whose rows the manifest counts. */
  static final String MAIN_TABLE = "data";

  Stage(String directory, Manifest manifest) {
    this(directory, manifest, manifest.fingerprint());
  }

  /** The names of its tables, in order. */
  Set<String> tables() {
    Set<String> tables = new TreeSet<>();
    for (Manifest.OutputFile file : manifest.files()) {
      if (file.path().endsWith(".parquet") && file.path().contains("/")) {
        tables.add(file.path().substring(0, file.path().indexOf('/')));
      }
    }
    return tables;
  }

  /**
   * Inputs that are directories of the pipeline: not raw files, and not other inputs such as keys
   * or rules. For jobs without known other inputs, all inputs that have a path.
   */
  List<Manifest.Input> directoryInputs() {
    return switch (manifest.job()) {
      case "ingest-messages" -> List.of();
      case "train-tokenizer" ->
          manifest.inputs().stream().filter(input -> input.name().equals("dialogues")).toList();
      default ->
          // An input that is not a directory, such as a list of rules, has no path.
          manifest.inputs().stream().filter(input -> !input.path().isEmpty()).toList();
    };
  }

  /** Whether this is a report of {@link ForgetJob}, which contains nothing to forget. */
  boolean isForgetReport() {
    return manifest.job().equals("forget");
  }

  /** Whether this is a day without a row, in which nobody can be found. */
  boolean isEmptyDay() {
    return manifest.settings().containsKey("day") && manifest.rows(MAIN_TABLE) == 0;
  }

  /**
   * Whether this holds the checkpoints of a training run, of which only the plan is known; a
   * finished model has files.
   */
  boolean isUnfinished() {
    return manifest.files().isEmpty();
  }

  /**
   * The stages by the fingerprints of their manifests, as they are now or were before a forget run.
   */
  private static Map<String, Stage> byFingerprint(Collection<Stage> stages) {
    Map<String, Stage> byFingerprint = new HashMap<>();
    for (Stage stage : stages) {
      stage.fingerprints().forEach(fingerprint -> byFingerprint.putIfAbsent(fingerprint, stage));
    }
    return byFingerprint;
  }

  /** The fingerprint that its manifest has, and those that it had before forget runs. */
  Set<String> fingerprints() {
    Set<String> all = new LinkedHashSet<>(Set.of(fingerprint));
    all.addAll(ForgetHistory.of(manifest).rowsByFingerprint().keySet());
    return all;
  }

  /** All direct and indirect inputs of this stage among {@code stages}. */
  Set<Stage> ancestors(Collection<Stage> stages) {
    Set<Stage> found = new LinkedHashSet<>();
    addAncestors(byFingerprint(stages), found);
    return found;
  }

  /** Adds each once: a day has all days before it among its inputs. */
  private void addAncestors(Map<String, Stage> byFingerprint, Set<Stage> found) {
    for (Manifest.Input input : manifest.inputs()) {
      Stage parent = byFingerprint.get(input.fingerprint());
      if (parent != null && !parent.equals(this) && !found.contains(parent)) {
        parent.addAncestors(byFingerprint, found);
        found.add(parent);
      }
    }
  }

  /** The stages, each after its inputs. */
  static List<Stage> inOrder(Collection<Stage> stages) {
    Map<String, Stage> byFingerprint = byFingerprint(stages);
    Set<Stage> ordered = new LinkedHashSet<>();
    for (Stage stage : stages) {
      stage.addAncestors(byFingerprint, ordered);
      ordered.add(stage);
    }
    return new ArrayList<>(ordered);
  }

  /** The fingerprint stands for the manifest, which may be long. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Stage stage
        && directory.equals(stage.directory)
        && fingerprint.equals(stage.fingerprint);
  }

  @Override
  public int hashCode() {
    return Objects.hash(directory, fingerprint);
  }
}
