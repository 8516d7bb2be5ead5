package io.dialogbert.job.report;

import io.dialogbert.frame.store.Directories;
import io.dialogbert.frame.store.OutputDirectory;
import io.dialogbert.report.StageReport;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the state of the outputs directly below a directory. */
final class StatusReader {
  private static final Logger LOG = LoggerFactory.getLogger(StatusReader.class);

  private final Directories directories;
  private final Instant now;
  private final Duration quiet;

  /**
   * Creates a reader.
   *
   * @param quiet after so long without a write, a run counts as stopped
   */
  StatusReader(Directories directories, Instant now, Duration quiet) {
    this.directories = directories;
    this.now = now;
    this.quiet = quiet;
  }

  /** The outputs in the order of their dates. */
  List<OutputStatus> read(String root) throws IOException {
    Map<String, OutputStatus> outputs = new TreeMap<>();
    WorkDirectoryReader work = new WorkDirectoryReader(directories);
    for (StageReport stage : work.stages(root)) {
      String name = WorkDirectoryReader.name(root, stage);
      outputs.put(
          name,
          new OutputStatus(
              name,
              stage.manifest().job(),
              stage.isStale() ? OutputStatus.State.STALE : OutputStatus.State.DONE,
              stage.started(),
              stage.rowsOut().isPresent() ? stage.rowsOut().getAsLong() : null));
    }
    addUnfinished(new Path(root), "", outputs);
    for (String child : work.children(root)) {
      addUnfinished(new Path(child), new Path(child).getName() + "/", outputs);
    }
    List<OutputStatus> ordered = new ArrayList<>(outputs.values());
    ordered.sort(Comparator.comparing(OutputStatus::since));
    return ordered;
  }

  /** Adds what is being made in a directory, which holds all stages or the days of one. */
  private void addUnfinished(Path place, String prefix, Map<String, OutputStatus> outputs)
      throws IOException {
    for (FileStatus child : directories.fileSystem(place).listStatus(place)) {
      Optional<String> made = OutputDirectory.unfinishedOf(child.getPath());
      if (made.isPresent() && isBegun(child.getPath())) {
        String name = prefix + made.get();
        outputs.put(name, unfinished(name, outputs.get(name), child));
      }
    }
  }

  /** A run that was killed after its output was in place leaves no directory in it. */
  private boolean isBegun(Path unfinished) throws IOException {
    return Stream.of(directories.fileSystem(unfinished).listStatus(unfinished))
        .anyMatch(FileStatus::isDirectory);
  }

  private OutputStatus unfinished(String name, OutputStatus older, FileStatus directory)
      throws IOException {
    Instant written = Instant.ofEpochMilli(lastWrite(directory));
    return new OutputStatus(
        name,
        older == null ? "" : older.job(),
        written.plus(quiet).isBefore(now) ? OutputStatus.State.STOPPED : OutputStatus.State.RUNNING,
        written.truncatedTo(ChronoUnit.SECONDS).toString(),
        null);
  }

  private long lastWrite(FileStatus status) throws IOException {
    long last = status.getModificationTime();
    if (status.isDirectory()) {
      Path path = status.getPath();
      try {
        for (FileStatus child : directories.fileSystem(path).listStatus(path)) {
          last = Math.max(last, lastWrite(child));
        }
      } catch (FileNotFoundException e) {
        LOG.debug("the run has moved it meanwhile: {}", path, e);
      }
    }
    return last;
  }
}
