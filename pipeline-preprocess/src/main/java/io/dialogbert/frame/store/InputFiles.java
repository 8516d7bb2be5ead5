package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds the files that a path, directory or glob names. */
final class InputFiles {
  private final Directories directories;
  private final Function<Path, String> shownName;

  /**
   * Creates a finder.
   *
   * @param shownName how an error message shows a file
   */
  InputFiles(Directories directories, Function<Path, String> shownName) {
    this.directories = directories;
    this.shownName = shownName;
  }

  /** See {@link Directories#files}. */
  List<FileStatus> files(String glob) throws IOException {
    List<FileStatus> files = find(glob);
    if (files.isEmpty()) {
      throw new BadInputException("no input file matches " + glob);
    }
    for (FileStatus file : files) {
      LocalPermissions.requireReadable(file.getPath(), shownName);
    }
    files.sort(Comparator.comparing(file -> file.getPath().toString()));
    return files;
  }

  /** The same, in any order; empty if there are none. */
  List<FileStatus> find(String glob) throws IOException {
    Path path = new Path(glob);
    FileSystem fileSystem = directories.fileSystem(path);
    Glob named = directories.named(path);
    if (LocalPermissions.isLocal(named.base())) {
      LocalListing.requireComplete(named, shownName);
    }
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus status : find(fileSystem, path)) {
      if (Directories.hiddenBelow(named.base(), status.getPath())) {
        continue;
      }
      if (status.isDirectory()) {
        for (FileStatus file : directories.list(status.getPath())) {
          if (!Directories.hiddenBelow(status.getPath(), file.getPath())) {
            files.add(file);
          }
        }
      } else {
        files.add(status);
      }
    }
    files.removeIf(file -> file.getPath().getName().equals(Manifest.FILE_NAME));
    if (files.isEmpty()) {
      LocalPermissions.require(fileSystem.makeQualified(path));
    }
    return files;
  }

  private static FileStatus[] find(FileSystem fileSystem, Path path) throws IOException {
    try {
      return new FileStatus[] {fileSystem.getFileStatus(path)};
    } catch (FileNotFoundException e) {
      FileStatus[] found = glob(fileSystem, path);
      return found == null ? new FileStatus[0] : found;
    }
  }

  private static FileStatus[] glob(FileSystem fileSystem, Path path) throws IOException {
    try {
      return fileSystem.globStatus(path);
    } catch (IOException e) {
      LocalPermissions.require(fileSystem.makeQualified(path));
      throw e;
    } catch (IllegalArgumentException e) {
      // Hadoop's message contains the file name, which may be a person's.
      throw new BadInputException(
          "Hadoop cannot search where a name has a colon: "
              + path
              + "; name the directory instead");
    }
  }
}
