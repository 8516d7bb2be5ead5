package io.dialogbert.frame.store;

import static java.util.stream.Collectors.toSet;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals to other processes that an output is being swapped, and that the process doing it is
 * alive. The marker is a hidden directory with a file that is replaced by a new one every two
 * seconds. On an object store a swap takes as long as a copy, so a slow process must not look dead.
 */
final class CommitMarker implements AutoCloseable {
  /** After this many beats without a change, the process that set the marker counts as dead. */
  static final int MAX_QUIET_BEATS = 10;

  private static final int BEAT_SECONDS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(CommitMarker.class);

  /** How a process waits for another process's next beat. */
  @FunctionalInterface
  interface Pause {
    void untilNextBeat() throws InterruptedException;
  }

  static final Pause NEXT_BEAT = () -> TimeUnit.SECONDS.sleep(BEAT_SECONDS);

  private final FileSystem fileSystem;
  private final Path directory;
  private final Pause pause;
  private final String process = UUID.randomUUID().toString();
  private ScheduledExecutorService heart;
  private long beats;

  CommitMarker(FileSystem fileSystem, Path directory, Pause pause) {
    this.fileSystem = fileSystem;
    this.directory = directory;
    this.pause = pause;
  }

  /** Sets the marker and keeps it beating until {@link #close}. */
  void set() throws IOException {
    beat();
    heart =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "commit-marker");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        heart.scheduleAtFixedRate(this::tryBeat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
  }

  void tryBeat() {
    try {
      beat();
    } catch (IOException | RuntimeException | FSError e) {
      // Catches everything: an exception that escaped would silently end the beats.
      LOG.warn("commit marker not renewed, trying again in {} s: {}", BEAT_SECONDS, directory, e);
    }
  }

  /** Creates the new file before it deletes the old one, so that there is always one. */
  private void beat() throws IOException {
    fileSystem.create(file(beats + 1), true).close();
    fileSystem.delete(file(beats), false);
    beats++;
  }

  private Path file(long beat) {
    return new Path(directory, process + "-" + beat);
  }

  /** Removes this process's marker. */
  @Override
  public void close() {
    if (heart == null) {
      return;
    }
    heart.shutdown();
    try {
      heart.awaitTermination(BEAT_SECONDS, TimeUnit.SECONDS);
      delete(Set.of(file(beats)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("commit marker left behind: {}", directory, e);
    }
  }

  /** Whether any process has set the marker. */
  boolean isSet() throws IOException {
    return !files().isEmpty();
  }

  /**
   * Waits until no process has the marker set. Removes the marker of a killed process.
   *
   * @return whether a process was killed
   */
  boolean awaitUnset() throws IOException {
    Set<Path> last = files();
    if (last.isEmpty()) {
      return false;
    }
    LOG.info(
        "another process is replacing the output, or was killed while it did;"
            + " the next {} s will tell: {}",
        BEAT_SECONDS * MAX_QUIET_BEATS,
        directory);
    for (int quiet = 0; quiet < MAX_QUIET_BEATS; quiet++) {
      try {
        pause.untilNextBeat();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("stopped while another process is replacing the output");
      }
      Set<Path> now = files();
      if (now.isEmpty()) {
        return false;
      }
      if (!now.equals(last)) {
        quiet = -1;
        last = now;
      }
    }
    delete(last);
    return true;
  }

  /** Deletes files, and the directory once it is empty. */
  private void delete(Set<Path> files) throws IOException {
    for (Path file : files) {
      fileSystem.delete(file, false);
    }
    if (!isSet()) {
      try {
        fileSystem.delete(directory, false);
      } catch (IOException e) {
        LOG.debug("another process has just set it: {}", directory, e);
      }
    }
  }

  private Set<Path> files() throws IOException {
    try {
      return Arrays.stream(fileSystem.listStatus(directory))
          .map(FileStatus::getPath)
          .collect(toSet());
    } catch (FileNotFoundException e) {
      return Set.of();
    }
  }
}
