package io.dialogbert.frame;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;

/**
 * What a job reads and writes. Inputs keep their order: they are part of the manifest, which must
 * be the same from every JVM.
 *
 * @param output the directory that will hold the tables and {@code manifest.json}; empty for a job
 *     that only prints
 * @param datasets directories written by earlier jobs, by name
 * @param producers names of the jobs that may have made an input directory, unless any may
 * @param files paths or globs of external files, by the job's name for them
 * @param fingerprints by name, of inputs that are not files and must not be shown, such as a key
 * @param shownName how {@code files} are shown, since file names may contain people's names
 * @param manifestsOnly names of directories of which the job as a rule reads only the manifest;
 *     what else it reads, it checks itself
 * @param sets names of directories in whose place there may be one for each day
 */
public record Lineage(
    String output,
    Map<String, String> datasets,
    Map<String, List<String>> producers,
    Map<String, List<String>> files,
    Map<String, String> fingerprints,
    Function<Path, String> shownName,
    Set<String> manifestsOnly,
    Set<String> sets) {
  public Lineage {
    datasets = Collections.unmodifiableMap(new LinkedHashMap<>(datasets));
    producers = Map.copyOf(producers);
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    fingerprints = Collections.unmodifiableMap(new LinkedHashMap<>(fingerprints));
    manifestsOnly = Set.copyOf(manifestsOnly);
    sets = Set.copyOf(sets);
  }

  public static Lineage to(String output) {
    return new Lineage(
        output, Map.of(), Map.of(), Map.of(), Map.of(), Path::toString, Set.of(), Set.of());
  }

  /** The lineage of a job that only prints. */
  public static Lineage printing() {
    return to("");
  }

  boolean printsOnly() {
    return output.isEmpty();
  }

  /**
   * This lineage with one more input directory of the pipeline.
   *
   * @param jobs the jobs that may have made it; empty if any may
   */
  public Lineage dataset(String name, String path, String... jobs) {
    Map<String, String> more = new LinkedHashMap<>(datasets);
    more.put(name, path);
    Map<String, List<String>> moreProducers = new HashMap<>(producers);
    moreProducers.put(name, List.of(jobs));
    return new Lineage(
        output, more, moreProducers, files, fingerprints, shownName, manifestsOnly, sets);
  }

  /**
   * This lineage with one more input of the pipeline: a directory, or all days below it.
   *
   * @param path a finished directory, one that holds finished directories of days, or a glob that
   *     matches such
   * @param jobs the jobs that may have made it; empty if any may
   */
  public Lineage datasetOrDays(String name, String path, String... jobs) {
    Lineage more = dataset(name, path, jobs);
    Set<String> moreSets = new HashSet<>(sets);
    moreSets.add(name);
    return new Lineage(
        output,
        more.datasets,
        more.producers,
        files,
        fingerprints,
        shownName,
        manifestsOnly,
        moreSets);
  }

  /** This lineage with one more directory of the pipeline, of which only the manifest is read. */
  public Lineage manifest(String name, String path) {
    Lineage more = dataset(name, path);
    Set<String> only = new HashSet<>(manifestsOnly);
    only.add(name);
    return new Lineage(
        output, more.datasets, more.producers, files, fingerprints, shownName, only, sets);
  }

  /** This lineage with external files, which the manifest calls {@code file}. */
  public Lineage files(List<String> paths) {
    return files("file", paths);
  }

  /** This lineage with more external files, under a new name. */
  public Lineage files(String name, List<String> paths) {
    Map<String, List<String>> more = new LinkedHashMap<>(files);
    more.put(name, List.copyOf(paths));
    return new Lineage(
        output, datasets, producers, more, fingerprints, shownName, manifestsOnly, sets);
  }

  /** This lineage with an input that is not a file. */
  public Lineage fingerprint(String name, String fingerprint) {
    Map<String, String> more = new LinkedHashMap<>(fingerprints);
    more.put(name, fingerprint);
    return new Lineage(output, datasets, producers, files, more, shownName, manifestsOnly, sets);
  }

  /** This lineage, with files shown under other names. */
  public Lineage showFilesAs(Function<Path, String> name) {
    return new Lineage(output, datasets, producers, files, fingerprints, name, manifestsOnly, sets);
  }
}
