package io.dialogbert.common;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A job's output directory, which appears whole or not at all: it is made under a hidden name
 * beside its own, and takes its name, and the place of an older output, by renames.
 */
final class OutputDirectory {
  private final Directories directories;
  private final FileSystem fileSystem;
  private final Path target;
  private final Path hidden;
  private final Path replaced;

  OutputDirectory(Directories directories, String path) throws IOException {
    this.directories = directories;
    target = new Path(path);
    fileSystem = directories.fileSystem(target);
    hidden = beside("unfinished");
    replaced = beside("replaced");
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
    return hidden;
  }

  /**
   * Sweeps away what a killed run left. If it was killed while it exchanged the old output for its
   * own, the old one comes back under its name.
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
    fileSystem.delete(hidden, true);
    return exists();
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

  /** Makes the hidden directory. */
  void begin() {
    try {
      if (!fileSystem.mkdirs(hidden)) {
        throw new BadConfigException("output directory cannot be made: " + hidden);
      }
    } catch (IOException e) {
      throw new BadConfigException(
          "output directory cannot be made: " + hidden + " (" + e.getMessage() + ")", e);
    }
  }

  /** Drops what was made so far. */
  void discard() throws IOException {
    fileSystem.delete(hidden, true);
  }

  /** Exchanges the old output, if there is one, for the new one. */
  void commit() throws IOException {
    boolean exists = exists();
    if (exists) {
      Directories.rename(fileSystem, target, replaced);
    } else {
      fileSystem.delete(target, false);
    }
    boolean renamed = false;
    try {
      Directories.rename(fileSystem, hidden, target);
      renamed = true;
    } finally {
      if (!renamed && exists) {
        fileSystem.rename(replaced, target);
      }
    }
    fileSystem.delete(replaced, true);
  }
}
