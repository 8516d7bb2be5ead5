package io.dialogbert.frame.store;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Directories with a manifest, on any Hadoop file system. */
public final class Directories {
  /** Only these: text after any other dot may be part of a name. */
  private static final Pattern EXTENSION =
      Pattern.compile("(?i)(\\.(txt|csv))?(\\.(gz|bz2|zst|xz))?$");

  private final Configuration hadoop;

  public Directories(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * The file system of a path.
   *
   * @throws BadConfigException if its scheme is unknown, its implementation is not on the class
   *     path, or its host is unknown
   */
  public FileSystem fileSystem(Path path) throws IOException {
    FileSystem fileSystem;
    try {
      fileSystem = path.getFileSystem(hadoop);
    } catch (UnsupportedFileSystemException e) {
      throw new BadConfigException(e.getMessage() + ": " + path, e);
    } catch (IOException | RuntimeException e) {
      throw new BadConfigException(
          "file system of "
              + path
              + (ExceptionUtils.indexOfType(e, ClassNotFoundException.class) < 0
                  ? " does not open (" + e.getMessage() + ")"
                  : " is not on the class path ("
                      + e.getMessage()
                      + "); s3a: is in Hadoop's hadoop-aws"),
          e);
    }
    // Local .crc side files would outlive the files they describe when parts are renamed.
    fileSystem.setWriteChecksum(false);
    return fileSystem;
  }

  /** The manifest of a directory, if it has one. */
  public Optional<Manifest> manifest(String directory) throws IOException {
    Path path = new Path(directory, Manifest.FILE_NAME);
    try {
      return Optional.of(Manifest.fromJson(readString(path), path.toString()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * The manifest of a finished input directory. Checks that its files exist and have the right
   * length.
   *
   * @throws BadInputException if the directory is missing, unfinished, made by an older version, or
   *     does not match its manifest
   */
  public Manifest finished(String name, String directory) throws IOException {
    Path path = new Path(directory);
    if (!fileSystem(path).exists(path)) {
      LocalPermissions.require(fileSystem(path).makeQualified(path));
      throw new BadInputException(
          "input " + name + " does not exist: " + path + "; run the job that makes it first");
    }
    if (!fileSystem(path).getFileStatus(path).isDirectory()) {
      throw new BadInputException(
          "input " + name + " must be a directory that a job has made, not a file: " + path);
    }
    Manifest manifest =
        manifest(directory)
            .orElseThrow(
                () ->
                    new BadInputException(
                        "input "
                            + name
                            + " has no "
                            + Manifest.FILE_NAME
                            + ", so it is not finished or not of this pipeline: "
                            + path));
    if (manifest.isOlder()) {
      throw new BadInputException(
          "input "
              + name
              + " was made by an older version of Dialog-BERT: "
              + path
              + "; make it again, with --overwrite");
    }
    findDamage(directory, manifest)
        .ifPresent(
            damage -> {
              throw new BadInputException(
                  "input " + name + " is torn: " + damage + "; make the directory again");
            });
    return manifest;
  }

  /** The first file that is missing or whose length differs from the manifest, if any. */
  public Optional<String> findDamage(String directory, Manifest manifest) throws IOException {
    for (Manifest.OutputFile file : manifest.files()) {
      Path part = new Path(directory, file.path());
      try {
        long bytes = fileSystem(part).getFileStatus(part).getLen();
        if (bytes != file.bytes()) {
          return Optional.of(part + " has " + bytes + " bytes, its manifest says " + file.bytes());
        }
      } catch (FileNotFoundException e) {
        return Optional.of(part + " is missing");
      }
    }
    return Optional.empty();
  }

  /**
   * The files that a path, directory or glob names, in path order. Hidden files below a directory
   * are left out.
   *
   * @param shownName how an error message shows a file
   * @throws BadInputException if it matches no file, or names a broken link
   */
  public List<FileStatus> files(String glob, Function<Path, String> shownName) throws IOException {
    return new InputFiles(this, shownName).files(glob);
  }

  /** Whether a path, directory or glob names any file; see {@link #files}. */
  public boolean hasFiles(String glob, Function<Path, String> shownName) throws IOException {
    return !new InputFiles(this, shownName).find(glob).isEmpty();
  }

  /** A path that exists is taken literally, even if it looks like a glob. */
  Glob named(Path path) throws IOException {
    FileSystem fileSystem = fileSystem(path);
    Path qualified = fileSystem.makeQualified(path);
    return fileSystem.exists(path) ? Glob.literal(qualified) : Glob.of(qualified);
  }

  /**
   * Opens a file.
   *
   * @throws java.nio.file.AccessDeniedException if it is local and may not be read; Hadoop reports
   *     it as not found
   */
  public FSDataInputStream open(Path path) throws IOException {
    FileSystem fileSystem = fileSystem(path);
    try {
      return fileSystem.open(path);
    } catch (FileNotFoundException e) {
      LocalPermissions.require(fileSystem.makeQualified(path));
      throw e;
    }
  }

  /** All files below a directory, including hidden ones. */
  List<FileStatus> list(Path directory) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = fileSystem(directory).listFiles(directory, true);
    while (all.hasNext()) {
      files.add(all.next());
    }
    return files;
  }

  /**
   * A name for a file whose name or directory may contain a person's name: a code for its path, and
   * its extension.
   *
   * @param mark maps a path to a code, from which the path cannot be guessed
   */
  public static String pseudonymousName(Path file, UnaryOperator<String> mark) {
    String path = file.toUri().getPath();
    Matcher extension = EXTENSION.matcher(path);
    return "file-" + mark.apply(path) + (extension.find() ? extension.group() : "");
  }

  static boolean hiddenBelow(Path directory, Path file) {
    for (Path path = file; path.depth() > directory.depth(); path = path.getParent()) {
      if (hidden(path)) {
        return true;
      }
    }
    return false;
  }

  Configuration hadoop() {
    return hadoop;
  }

  /** Whether a name marks a file as not data. */
  public static boolean hidden(Path path) {
    return hidden(path.getName());
  }

  static boolean hidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  /**
   * Whether two paths are equal or one is below the other; local links are followed.
   *
   * @param other may be a glob, which then counts if it could match the path or anything below it
   */
  public boolean overlap(String one, String other) throws IOException {
    Path first = realPath(one);
    Path second = realPath(other);
    return first.toUri().resolve("/").equals(second.toUri().resolve("/"))
        && named(second).overlaps(first.toUri().getPath());
  }

  /** The fully qualified path; for a local path, links are followed as far as it exists. */
  private Path realPath(String path) throws IOException {
    Path plain = new Path(path);
    Path qualified = fileSystem(plain).makeQualified(plain);
    if (!LocalPermissions.isLocal(qualified)) {
      return qualified;
    }
    java.nio.file.Path whole = java.nio.file.Path.of(qualified.toUri().getPath());
    java.nio.file.Path there = whole;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    return fileSystem(plain)
        .makeQualified(new Path(there.toRealPath().resolve(there.relativize(whole)).toString()));
  }

  /**
   * The full name of a path. Its file system is not accessed and need not exist.
   *
   * @throws IllegalArgumentException if it is not a path
   */
  public String fullName(String path) throws IOException {
    FileSystem byDefault = FileSystem.get(hadoop);
    return new Path(path)
        .makeQualified(byDefault.getUri(), byDefault.getWorkingDirectory())
        .toString();
  }

  /** Renames a path; throws where Hadoop would only return false. */
  static void rename(FileSystem fileSystem, Path from, Path to) throws IOException {
    if (!fileSystem.rename(from, to)) {
      throw new IOException("could not rename " + from + " to " + to);
    }
  }

  public String readString(Path path) throws IOException {
    try (InputStream in = open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes a file and puts it in place by a rename, so that it appears whole or not at all. */
  public void writeWhole(Path path, String text) throws IOException {
    Path hidden = new Path(path.getParent(), "." + path.getName());
    writeString(hidden, text);
    fileSystem(path).delete(path, false);
    rename(fileSystem(path), hidden, path);
  }

  public void writeString(Path path, String text) throws IOException {
    try (OutputStream out = fileSystem(path).create(path, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
