package io.dialogbert.frame.store;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.LocalFiles;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's output directory, which appears whole or not at all. It is built under a hidden name
 * beside the target. Renames then give it its final name and replace an older output. If several
 * processes make the same output, the one that began last succeeds; the others fail with an error.
 */
public final class OutputDirectory {
  private static final String OWNER = "owner";
  private static final String UNFINISHED = "unfinished";
  private static final String REPLACED = "replaced";
  private static final Logger LOG = LoggerFactory.getLogger(OutputDirectory.class);

  private final Directories directories;
  private final FileSystem fileSystem;
  private final Path target;
  private final Path unfinished;
  private final Path replaced;
  private final CommitMarker committing;

  /** The manifest at the target when this process looked. */
  private Optional<Manifest> found = Optional.empty();

  /**
   * The name of this process's own directory, so that tasks of other processes never write into it.
   */
  private final String run = UUID.randomUUID().toString();

  /**
   * The directory at a path; for a local link, its target.
   *
   * @throws BadConfigException if it is the root of a file system, or a broken link
   */
  public OutputDirectory(Directories directories, String path) throws IOException {
    this(directories, path, CommitMarker.NEXT_BEAT);
  }

  OutputDirectory(Directories directories, String path, CommitMarker.Pause pause)
      throws IOException {
    this.directories = directories;
    Path plain = new Path(path);
    fileSystem = directories.fileSystem(plain);
    target = followed(fileSystem.makeQualified(plain), plain);
    if (target.getParent() == null) {
      throw new BadConfigException("output must not be the root of a file system: " + path);
    }
    unfinished = beside(UNFINISHED);
    replaced = beside(REPLACED);
    committing = new CommitMarker(fileSystem, beside("committing"), pause);
  }

  private static Path followed(Path qualified, Path plain) throws IOException {
    if (qualified.toUri().getScheme().equals("file")) {
      File local = new File(qualified.toUri().getPath());
      if (Files.isSymbolicLink(local.toPath())) {
        try {
          return new Path(local.toPath().toRealPath().toString());
        } catch (NoSuchFileException e) {
          throw new BadConfigException("output is a link that leads nowhere: " + plain, e);
        }
      }
    }
    // The working directory itself has a parent only as a qualified path.
    return plain.getParent() == null ? qualified : plain;
  }

  private Path beside(String state) {
    return new Path(target.getParent(), "." + target.getName() + "." + state);
  }

  /** The name of the output that is built in a directory, if one is. */
  public static Optional<String> unfinishedOf(Path directory) {
    return outputOf(directory, UNFINISHED);
  }

  /** The name of the output that a directory held until a new one took its place, if it did. */
  static Optional<String> replacedOf(Path directory) {
    return outputOf(directory, REPLACED);
  }

  private static Optional<String> outputOf(Path directory, String state) {
    String name = directory.getName();
    String end = "." + state;
    return name.startsWith(".") && name.endsWith(end) && name.length() > 1 + end.length()
        ? Optional.of(name.substring(1, name.length() - end.length()))
        : Optional.empty();
  }

  /** Where the output will be. */
  public Path target() {
    return target;
  }

  /** Where the output is built. */
  public Path hidden() {
    return new Path(unfinished, run);
  }

  /** Where other runs build the output, or built it until they were killed. */
  public List<Path> others() throws IOException {
    if (!fileSystem.exists(unfinished)) {
      return List.of();
    }
    return Stream.of(fileSystem.listStatus(unfinished))
        .filter(FileStatus::isDirectory)
        .map(FileStatus::getPath)
        .filter(path -> !path.getName().equals(run))
        .toList();
  }

  /** Takes what can be used from the directory of another run. */
  @FunctionalInterface
  public interface Salvage {
    void from(Path other) throws IOException;
  }

  /**
   * Waits for a process that is swapping the output. If one was killed during the swap, restores
   * the old output unless the new one is complete.
   *
   * @return whether there is anything at the target
   */
  public boolean recover() throws IOException {
    boolean killed = committing.awaitUnset();
    while (fileSystem.exists(replaced)) {
      // From now on no other process starts a swap.
      claim();
      if (!committing.isSet()) {
        putBack();
        fileSystem.delete(hidden(), true);
        killed = true;
      }
      killed |= committing.awaitUnset();
    }
    if (killed) {
      sweepEmpty();
    }
    boolean exists = exists();
    found = manifest();
    return exists;
  }

  private void putBack() throws IOException {
    // Object stores rename file by file, so the new output may be incomplete.
    if (!isWhole()) {
      fileSystem.delete(target, true);
      Directories.rename(fileSystem, replaced, target);
    }
    fileSystem.delete(replaced, true);
  }

  /** A run that was killed after its swap leaves no data directory; a running one has its own. */
  private void sweepEmpty() throws IOException {
    if (fileSystem.exists(unfinished)
        && Stream.of(fileSystem.listStatus(unfinished)).noneMatch(FileStatus::isDirectory)) {
      fileSystem.delete(unfinished, true);
    }
  }

  private boolean isWhole() throws IOException {
    try {
      Optional<Manifest> manifest = manifest();
      return manifest.isPresent()
          && directories.findDamage(target.toString(), manifest.get()).isEmpty();
    } catch (BadInputException e) {
      LOG.debug("the new output's manifest is damaged", e);
      return false;
    }
  }

  private Optional<Manifest> manifest() throws IOException {
    return directories.manifest(target.toString());
  }

  private boolean exists() {
    try {
      if (fileSystem.exists(target) && !fileSystem.getFileStatus(target).isDirectory()) {
        throw new BadConfigException(
            "output must be a directory, not a file: "
                + target
                + "; move it away or choose another");
      }
      return fileSystem.exists(target) && fileSystem.listStatus(target).length > 0;
    } catch (IOException e) {
      throw new BadConfigException(
          "output directory cannot be read: " + target + " (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Takes over from any process that began earlier, deletes what it made, and creates the hidden
   * directory.
   *
   * @param salvage is given what an earlier process made before it is deleted
   * @throws BadInputException if the output is no longer the one that {@link #recover} found
   */
  public void begin(Salvage salvage) throws IOException {
    try {
      claim();
    } catch (IOException e) {
      throw new BadConfigException(
          "output directory cannot be made: " + hidden() + " (" + e.getMessage() + ")", e);
    }
    try {
      // A process that set its marker before the claim may not have seen the claim.
      committing.awaitUnset();
      for (Path other : others()) {
        salvage.from(other);
        fileSystem.delete(other, true);
      }
    } catch (IOException e) {
      requireOwn();
      throw e;
    }
    requireOwn();
    if (!found.equals(manifest())) {
      discard();
      throw new BadInputException(
          "another process has just made " + target + ", too; this one ends");
    }
  }

  /** The same; nothing is salvaged. */
  public void begin() throws IOException {
    begin(other -> {});
  }

  /** Creates the directory first; without it, the owner file would be swept away. */
  private void claim() throws IOException {
    make(fileSystem.makeQualified(hidden()));
    directories.writeString(new Path(unfinished, OWNER), run);
  }

  /** Creates a local directory through Java, since Hadoop gives no reason for a failure. */
  private void make(Path directory) throws IOException {
    if (directory.toUri().getScheme().equals("file")) {
      LocalFiles.createDirectory(java.nio.file.Path.of(directory.toUri().getPath()));
    } else if (!fileSystem.mkdirs(directory)) {
      throw new IOException("the file system gives no reason");
    }
  }

  /**
   * Checks that no other process has begun to make this output since.
   *
   * @throws BadInputException if one has
   */
  public void requireOwn() throws IOException {
    String owner = "";
    try {
      owner = directories.readString(new Path(unfinished, OWNER));
    } catch (FileNotFoundException e) {
      LOG.debug("another process has finished it", e);
    }
    if (!owner.equals(run)) {
      throw new BadInputException(
          "another process makes " + target + ", too, and began later; this one ends");
    }
  }

  /** Deletes what was built so far. */
  public void discard() throws IOException {
    requireOwn();
    fileSystem.delete(unfinished, true);
  }

  /**
   * Replaces the old output, if any, by the new one.
   *
   * <p>This process sets its marker, then checks the owner. Another process makes itself the owner,
   * then checks for a marker. So at least one of the two notices the other.
   *
   * @throws BadInputException if another process also makes this output
   */
  public void commit() throws IOException {
    try (committing) {
      committing.set();
      requireOwn();
      if (exists()) {
        renameToNothing(target, replaced);
      } else {
        fileSystem.delete(target, false);
      }
      try {
        // Stops a process that stalled for so long that others took it for dead.
        requireOwn();
        renameToNothing(hidden(), target);
      } catch (IOException | BadInputException e) {
        if (fileSystem.exists(replaced) && !fileSystem.exists(target)) {
          Directories.rename(fileSystem, replaced, target);
        }
        throw e;
      }
      // Now the output is in place; leftovers only cost space.
      sweep(unfinished);
      sweep(replaced);
    }
  }

  private void sweep(Path leftOver) {
    try {
      fileSystem.delete(leftOver, true);
    } catch (IOException e) {
      LOG.warn("left behind, for the next run to delete: {}", leftOver, e);
    }
  }

  /** Refuses an existing destination; Hadoop would move the directory into it. */
  private void renameToNothing(Path from, Path to) throws IOException {
    if (fileSystem.exists(to)) {
      throw new IOException(to + " is in the way");
    }
    Directories.rename(fileSystem, from, to);
  }
}
