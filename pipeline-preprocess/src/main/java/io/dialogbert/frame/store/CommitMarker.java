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
 * Tells other processes that an output is being exchanged, and that whoever does it is alive: a
 * hidden directory with a file that is replaced by another one every two seconds. On an object
 * store an exchange takes as long as a copy, so a slow process must not look like a dead one.
 */
final class CommitMarker implements AutoCloseable {
  /** After so many beats without a change, the process that set the marker is dead. */
  static final int MAX_QUIET_BEATS = 10;

  private static final int BEAT_SECONDS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(CommitMarker.class);

  /** How a process waits for another one's next beat. */
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

  /** Sets the marker, which beats until {@link #close}. */
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
      // Whatever it is: one that got through would end the beats in silence.
      LOG.warn("commit marker not renewed, trying again in {} s: {}", BEAT_SECONDS, directory, e);
    }
  }

  /** The new file comes before the old one goes, so that there is always one. */
  private void beat() throws IOException {
    fileSystem.create(file(beats + 1), true).close();
    fileSystem.delete(file(beats), false);
    beats++;
  }

  private Path file(long beat) {
    return new Path(directory, process + "-" + beat);
  }

  /** Takes this process's marker away. */
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

  /** Whether some process has set it. */
  boolean isSet() throws IOException {
    return !files().isEmpty();
  }

  /**
   * Waits until no process has set the marker. Of one that was killed, it is taken away.
   *
   * @return whether one was killed
   */
  boolean awaitUnset() throws IOException {
    Set<Path> last = files();
    if (last.isEmpty()) {
      return false;
    }
    LOG.info(
        "another process exchanges the output, or was killed while it did; the next {} s tell: {}",
        BEAT_SECONDS * MAX_QUIET_BEATS,
        directory);
    for (int quiet = 0; quiet < MAX_QUIET_BEATS; quiet++) {
      try {
        pause.untilNextBeat();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("stopped while another process exchanges the output");
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

  /** Takes files away, and the directory with the last one. */
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
