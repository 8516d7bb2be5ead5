package io.dialogbert.job.report;

import io.dialogbert.common.BadInputException;
import io.dialogbert.frame.store.DayDirectories;
import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.Manifest;
import io.dialogbert.report.StageReport;
import io.dialogbert.report.TrainingRun;
import io.dialogbert.report.WorkDirectory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads the manifests and metrics of finished stages, on any Hadoop file system. */
final class WorkDirectoryReader {
  private static final String METRICS_FILE = "metrics.jsonl";

  private final Directories directories;

  WorkDirectoryReader(Directories directories) {
    this.directories = directories;
  }

  /**
   * Reads the manifest and the metrics of each directory directly below, and of the days in those
   * that hold days; other directories without a manifest are unfinished and left out, and so are
   * reports.
   *
   * @throws BadInputException if it is not a directory, no stage is finished or a file is damaged
   */
  WorkDirectory read(String root) throws IOException {
    List<StageReport> stages = stages(root);
    if (stages.isEmpty()) {
      throw new BadInputException(
          "no directory with a " + Manifest.FILE_NAME + " in " + root + "; run the stages first");
    }
    List<TrainingRun> runs = new ArrayList<>();
    for (StageReport stage : stages) {
      metrics(stage).ifPresent(runs::add);
    }
    return new WorkDirectory(stages, runs);
  }

  /** The finished stages among these directories, in the order of their start; none of reports. */
  List<StageReport> stages(String root) throws IOException {
    Map<String, Manifest> manifests = new LinkedHashMap<>();
    for (String directory : children(root)) {
      Optional<Manifest> whole = directories.manifest(directory);
      for (String place :
          whole.isPresent()
              ? List.of(directory)
              : DayDirectories.in(directories, directory).paths()) {
        directories
            .manifest(place)
            .filter(manifest -> !manifest.job().equals(ReportJob.NAME))
            .ifPresent(manifest -> manifests.put(place, manifest));
      }
    }
    Map<String, String> fingerprints = new HashMap<>();
    manifests.forEach(
        (directory, manifest) ->
            place(directory).ifPresent(at -> fingerprints.put(at, manifest.fingerprint())));
    List<StageReport> stages = new ArrayList<>();
    manifests.forEach(
        (directory, manifest) ->
            stages.add(new StageReport(directory, manifest, isStale(manifest, fingerprints))));
    stages.sort(Comparator.comparing(StageReport::started));
    return stages;
  }

  /** The name of a stage: its path below the directory that holds the stages. */
  static String name(String root, StageReport stage) {
    return stage.directory().substring(new Path(root).toString().length()).replaceFirst("^/", "");
  }

  /** The directories directly below one, without hidden ones, in the order of their names. */
  Iterable<String> children(String root) throws IOException {
    Path path = new Path(root);
    FileSystem fileSystem = directories.fileSystem(path);
    FileStatus[] children;
    try {
      if (!fileSystem.getFileStatus(path).isDirectory()) {
        throw new FileNotFoundException();
      }
      children = fileSystem.listStatus(path);
    } catch (FileNotFoundException e) {
      throw new BadInputException("not a directory: " + root, e);
    }
    TreeSet<String> directoriesBelow = new TreeSet<>();
    for (FileStatus child : children) {
      if (child.isDirectory() && !Directories.hidden(child.getPath())) {
        directoriesBelow.add(new Path(path, child.getPath().getName()).toString());
      }
    }
    return directoriesBelow;
  }

  /** Whether an input directory of a stage has changed since the stage was made. */
  private boolean isStale(Manifest manifest, Map<String, String> fingerprints) {
    return manifest.inputs().stream()
        .anyMatch(
            input -> {
              String now = place(input.path()).map(fingerprints::get).orElse(input.fingerprint());
              return !now.equals(input.fingerprint());
            });
  }

  /**
   * The fully qualified path, if there is one. An input may not be a file, or may be listed under a
   * name that hides its own.
   */
  private Optional<String> place(String path) {
    try {
      return Optional.of(directories.fullName(path));
    } catch (IllegalArgumentException | IOException e) {
      return Optional.empty();
    }
  }

  private Optional<TrainingRun> metrics(StageReport stage) throws IOException {
    try {
      String lines = directories.readString(new Path(stage.directory(), METRICS_FILE));
      return Optional.of(TrainingRun.parse(stage.manifest().job(), lines));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }
}
