package io.dialogbert.common;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A job's output directory, which appears whole or not at all: it is made under a hidden name
 * beside its own, and takes its name, and the place of an older output, by renames. Of several
 * processes that make one output, the last one that began does; the others are told.
 */
final class OutputDirectory {
  private static final String OWNER = "owner";

  private final Directories directories;
  private final FileSystem fileSystem;
  private final Path target;
  private final Path unfinished;
  private final Path replaced;

  /** This process's, so that others' tasks never write into it. */
  private final String run = UUID.randomUUID().toString();

  /**
   * The directory of a path; of a local link, the one that it leads to.
   *
   * @throws BadConfigException if it is the root of a file system
   */
  OutputDirectory(Directories directories, String path) throws IOException {
    this.directories = directories;
    Path plain = new Path(path);
    fileSystem = directories.fileSystem(plain);
    target = followed(fileSystem.makeQualified(plain), plain);
    if (target.getParent() == null) {
      throw new BadConfigException("output must not be the root of a file system: " + path);
    }
    unfinished = beside("unfinished");
    replaced = beside("replaced");
  }

  private static Path followed(Path qualified, Path plain) throws IOException {
    if (qualified.toUri().getScheme().equals("file")) {
      File local = new File(qualified.toUri().getPath());
      if (Files.isSymbolicLink(local.toPath())) {
        return new Path(local.toPath().toRealPath().toString());
      }
    }
    // The working directory itself has a parent only by its full name.
    return plain.getParent() == null ? qualified : plain;
  }

  private Path beside(String state) {
    return new Path(target.getParent(), "." + target.getName() + "." + state);
  }

  /** Where the output will be. */
  Path target() {
    return target;
  }

  /** Where the output is made. */
  Path hidden() {
    return new Path(unfinished, run);
  }

  /**
   * If a run was killed while it exchanged the old output for its own, the old one comes back under
   * its name.
   *
   * @return whether there is anything at the output's place
   */
  boolean recover() throws IOException {
    // Object stores rename file by file: the new output may be there in part.
    if (fileSystem.exists(replaced) && !isWhole()) {
      fileSystem.delete(target, true);
      Directories.rename(fileSystem, replaced, target);
    }
    fileSystem.delete(replaced, true);
    sweepEmpty();
    return exists();
  }

  /** A run that was killed after its commit leaves no data; one that goes on has some. */
  private void sweepEmpty() throws IOException {
    if (fileSystem.exists(unfinished)
        && Stream.of(fileSystem.listStatus(unfinished)).noneMatch(FileStatus::isDirectory)) {
      fileSystem.delete(unfinished, true);
    }
  }

  private boolean isWhole() throws IOException {
    Optional<Manifest> manifest = directories.manifest(target.toString());
    return manifest.isPresent() && directories.damage(target.toString(), manifest.get()).isEmpty();
  }

  private boolean exists() {
    try {
      return fileSystem.exists(target) && fileSystem.listStatus(target).length > 0;
    } catch (IOException e) {
      throw new BadConfigException(
          "output directory cannot be read: " + target + " (" + e.getMessage() + ")", e);
    }
  }

  /** Sweeps away what a killed run left, and makes the hidden directory. */
  void begin() {
    try {
      fileSystem.delete(unfinished, true);
      if (!fileSystem.mkdirs(hidden())) {
        throw new BadConfigException("output directory cannot be made: " + hidden());
      }
      directories.writeString(new Path(unfinished, OWNER), run);
    } catch (IOException e) {
      throw new BadConfigException(
          "output directory cannot be made: " + hidden() + " (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Makes sure that no other process has begun to make this output since.
   *
   * @throws BadInputException if one has
   */
  void requireOwn() throws IOException {
    Path owner = new Path(unfinished, OWNER);
    if (!fileSystem.exists(owner) || !directories.readString(owner).equals(run)) {
      throw new BadInputException(
          "another process makes " + target + ", too, and began later; this one ends");
    }
  }

  /** Drops what was made so far. */
  void discard() throws IOException {
    requireOwn();
    fileSystem.delete(unfinished, true);
  }

  /**
   * Exchanges the old output, if there is one, for the new one.
   *
   * @throws BadInputException if another process makes it, too
   */
  void commit() throws IOException {
    requireOwn();
    boolean exists = exists();
    if (exists) {
      Directories.rename(fileSystem, target, replaced);
    } else {
      fileSystem.delete(target, false);
    }
    boolean renamed = false;
    try {
      Directories.rename(fileSystem, hidden(), target);
      renamed = true;
    } finally {
      if (!renamed && exists) {
        fileSystem.rename(replaced, target);
      }
    }
    fileSystem.delete(unfinished, true);
    fileSystem.delete(replaced, true);
  }
}
