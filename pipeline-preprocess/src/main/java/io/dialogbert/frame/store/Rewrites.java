package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Replaces some files of finished directories, in several directories together; all other files
 * stay.
 *
 * <p>New files are staged in a hidden directory beside each directory. Once all are staged, a
 * marker is written. From then on the work will be completed, by this run or the next. Each
 * directory first loses its manifest, then gets its files, and gets its new manifest last. So a run
 * that is killed at any moment leaves each directory old, new or without a manifest; without one,
 * no job reads it. Requires that the file system renames files atomically.
 */
public final class Rewrites {
  /** The directory's manifest at the time its new files were staged. */
  private static final String BEFORE = "before.json";

  /** Names the staging directory that holds the marker; one per run. */
  private static final String LEADER = "leader";

  /** The marker; lists the run's directories, one per line. */
  private static final String READY = "ready";

  private static final String STATE = "rewrite";

  private final Directories directories;

  public Rewrites(Directories directories) {
    this.directories = directories;
  }

  /**
   * New content for a directory.
   *
   * @param directory where the files are replaced
   * @param before its current manifest
   * @param after its new manifest; files of {@code before} that it does not list are deleted
   */
  public record Rewrite(String directory, Manifest before, Manifest after) {}

  /** Where to write a directory's new files, under their paths in the directory. */
  public Path staging(String directory) {
    Path path = new Path(directory);
    return new Path(path.getParent(), "." + path.getName() + "." + STATE);
  }

  /** Replaces the files that have new versions in {@link #staging}. */
  public void commit(Collection<Rewrite> rewrites) throws IOException {
    if (rewrites.isEmpty()) {
      return;
    }
    TreeSet<String> paths = new TreeSet<>();
    rewrites.forEach(rewrite -> paths.add(rewrite.directory()));
    Path leader = staging(paths.first());
    for (Rewrite rewrite : rewrites) {
      Path staging = staging(rewrite.directory());
      directories.fileSystem(staging).mkdirs(staging);
      directories.writeString(new Path(staging, BEFORE), rewrite.before().toJson());
      directories.writeString(new Path(staging, LEADER), leader.toString());
      directories.writeString(new Path(staging, Manifest.FILE_NAME), rewrite.after().toJson());
    }
    Path half = new Path(leader, "." + READY);
    directories.writeString(half, String.join("\n", paths));
    Directories.rename(directories.fileSystem(leader), half, new Path(leader, READY));
    complete(paths, leader);
  }

  /**
   * Completes what a killed run had marked ready, and deletes what it had not.
   *
   * @param places directories, or any of their ancestors
   * @throws BadInputException if one does not exist
   */
  public void recover(Collection<String> places) throws IOException {
    for (Path staging : DirectoryTree.of(directories, places).inState(STATE)) {
      String name = staging.getName();
      recover(
          new Path(staging.getParent(), name.substring(1, name.length() - STATE.length() - 1))
              .toString());
    }
  }

  private void recover(String directory) throws IOException {
    Path staging = staging(directory);
    FileSystem fileSystem = directories.fileSystem(staging);
    if (!fileSystem.exists(staging)) {
      // Completed together with another directory.
      return;
    }
    try {
      Path leader = new Path(directories.readString(new Path(staging, LEADER)));
      String ready = directories.readString(new Path(leader, READY));
      complete(ready.lines().toList(), leader);
      return;
    } catch (FileNotFoundException e) {
      // There is no marker, or only the cleanup is left.
    }
    if (!fileSystem.exists(new Path(directory, Manifest.FILE_NAME))) {
      // Only completing removes a manifest; the marker was lost with the leader's directory.
      apply(directory);
    }
    fileSystem.delete(staging, true);
  }

  /** Does the remaining work. */
  private void complete(Collection<String> paths, Path leader) throws IOException {
    for (String directory : paths) {
      apply(directory);
    }
    for (String directory : paths) {
      Path staging = staging(directory);
      if (!staging.equals(leader)) {
        directories.fileSystem(staging).delete(staging, true);
      }
    }
    FileSystem fileSystem = directories.fileSystem(leader);
    fileSystem.delete(new Path(leader, READY), false);
    fileSystem.delete(leader, true);
  }

  private void apply(String directory) throws IOException {
    Path staging = staging(directory);
    Path staged = new Path(staging, Manifest.FILE_NAME);
    Path live = new Path(directory, Manifest.FILE_NAME);
    FileSystem fileSystem = directories.fileSystem(staging);
    if (!fileSystem.exists(staged) || !fileSystem.exists(new Path(directory))) {
      return;
    }
    Manifest before = manifest(new Path(staging, BEFORE));
    Manifest after = manifest(staged);
    if (fileSystem.exists(live)) {
      if (!manifest(live).fingerprint().equals(before.fingerprint())) {
        // The directory has been rebuilt since.
        return;
      }
      fileSystem.delete(live, false);
    }
    Set<String> kept = new HashSet<>();
    for (Manifest.OutputFile file : after.files()) {
      kept.add(file.path());
      Path from = new Path(staging, file.path());
      if (fileSystem.exists(from)) {
        Path to = new Path(directory, file.path());
        // Not every file system can rename onto an existing file.
        fileSystem.delete(to, false);
        Directories.rename(fileSystem, from, to);
      }
    }
    for (Manifest.OutputFile file : before.files()) {
      if (!kept.contains(file.path())) {
        fileSystem.delete(new Path(directory, file.path()), false);
      }
    }
    Directories.rename(fileSystem, staged, live);
  }

  private Manifest manifest(Path path) throws IOException {
    return Manifest.fromJson(directories.readString(path), path.toString());
  }
}
