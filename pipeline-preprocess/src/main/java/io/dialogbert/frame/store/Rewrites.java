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
 * Replaces files of finished directories, of several together, where the rest of them stays.
 *
 * <p>New files are staged in a hidden directory beside each directory. When all are there, a mark
 * says so; from then on the work will be completed, by this run or the next. A directory loses its
 * manifest, gets its files, and gets the new manifest last. So a run that is killed at any moment
 * leaves each directory as it was, as it will be, or without a manifest, and then no job reads it.
 * Needs of the file system that a rename of a file shows all of it or nothing.
 */
public final class Rewrites {
  /** The manifest of the directory as it was when its new files were staged. */
  private static final String BEFORE = "before.json";

  /** Where the mark lies: in one of the staging directories of a run. */
  private static final String LEADER = "leader";

  /** The mark; names the run's directories, one a line. */
  private static final String READY = "ready";

  private static final String STATE = "rewrite";

  private final Directories directories;

  public Rewrites(Directories directories) {
    this.directories = directories;
  }

  /**
   * New content of a directory.
   *
   * @param directory where the files are replaced
   * @param before its manifest as it is
   * @param after its manifest as it will be; files of {@code before} that it does not list are
   *     deleted
   */
  public record Rewrite(String directory, Manifest before, Manifest after) {}

  /** Where the new files of a directory are to be laid, under their paths in the directory. */
  public Path staging(String directory) {
    Path path = new Path(directory);
    return new Path(path.getParent(), "." + path.getName() + "." + STATE);
  }

  /** Replaces the files for which there are others in {@link #staging}. */
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
   * Completes what a killed run had ready, and sweeps away what it had not.
   *
   * @param places directories, or what they lie in at any depth
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
      // Completed with another one.
      return;
    }
    try {
      Path leader = new Path(directories.readString(new Path(staging, LEADER)));
      String ready = directories.readString(new Path(leader, READY));
      complete(ready.lines().toList(), leader);
      return;
    } catch (FileNotFoundException e) {
      // There is no mark, or all is done but the sweeping.
    }
    if (!fileSystem.exists(new Path(directory, Manifest.FILE_NAME))) {
      // Only the completing takes a manifest away; its mark was lost with the leader's directory.
      apply(directory);
    }
    fileSystem.delete(staging, true);
  }

  /** Does what is not done yet. */
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
        // Somebody has made the directory anew since.
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
        // Not every file system renames onto a file.
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
