package io.dialogbert.frame.store;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * Directories with a manifest on any Hadoop file system: read and checked before use, made visible
 * by a rename.
 */
public final class Directories {
  /** These alone: what stands behind another dot may be part of a name. */
  private static final Pattern EXTENSION =
      Pattern.compile("(?i)(\\.(txt|csv))?(\\.(gz|bz2|zst|xz))?$");

  private final Configuration hadoop;

  public Directories(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * The file system of a path.
   *
   * @throws BadConfigException if there is none for it, or none on the class path, or no host of
   *     its name
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
   * The manifest of a finished input directory, with its files checked for presence and length.
   *
   * @throws BadInputException if the directory is missing, unfinished, made by an older version, or
   *     not as its manifest says
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
    damage(directory, manifest)
        .ifPresent(
            damage -> {
              throw new BadInputException(
                  "input " + name + " is torn: " + damage + "; make the directory again");
            });
    return manifest;
  }

  /** The first file that is missing or not as long as the manifest says, if there is one. */
  public Optional<String> damage(String directory, Manifest manifest) throws IOException {
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
   * Files that a path, directory or glob names, in path order; what is hidden below a directory is
   * left out.
   *
   * @throws BadInputException if it names none, or a link that leads nowhere
   */
  public List<FileStatus> files(String glob) throws IOException {
    return files(glob, file -> "(a file)");
  }

  /**
   * The same.
   *
   * @param shownName what an error calls a file
   */
  public List<FileStatus> files(String glob, Function<Path, String> shownName) throws IOException {
    Path path = new Path(glob);
    FileSystem fileSystem = fileSystem(path);
    Glob named = named(path);
    if (LocalPermissions.isLocal(named.base())) {
      LocalListing.requireComplete(named, shownName);
    }
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus status : find(fileSystem, path)) {
      if (hiddenBelow(named.base(), status.getPath())) {
        continue;
      }
      if (status.isDirectory()) {
        for (FileStatus file : list(status.getPath())) {
          if (!hiddenBelow(status.getPath(), file.getPath())) {
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
      throw new BadInputException("no input file matches " + glob);
    }
    for (FileStatus file : files) {
      LocalPermissions.requireReadable(file.getPath(), shownName);
    }
    files.sort(Comparator.comparing(file -> file.getPath().toString()));
    return files;
  }

  /** A path that exists stands for itself, though it may look like a glob. */
  private Glob named(Path path) throws IOException {
    FileSystem fileSystem = fileSystem(path);
    Path qualified = fileSystem.makeQualified(path);
    return fileSystem.exists(path) ? Glob.literal(qualified) : Glob.of(qualified);
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
      // Its message has the name, which may be a person's.
      throw new BadInputException(
          "Hadoop cannot search where a name has a colon: "
              + path
              + "; name the directory instead");
    }
  }

  /**
   * Opens a file.
   *
   * @throws java.nio.file.AccessDeniedException if it is local and may not be read, which Hadoop
   *     calls not found
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

  private List<FileStatus> list(Path directory) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = fileSystem(directory).listFiles(directory, true);
    while (all.hasNext()) {
      files.add(all.next());
    }
    return files;
  }

  /**
   * A name for a file whose own name, or whose directory's, may be a person's: a mark of its path,
   * and its extension.
   *
   * @param mark stands for a path, which nobody can find out by trying
   */
  public static String nameless(Path file, UnaryOperator<String> mark) {
    String path = file.toUri().getPath();
    Matcher extension = EXTENSION.matcher(path);
    return "file-" + mark.apply(path) + (extension.find() ? extension.group() : "");
  }

  private static boolean hiddenBelow(Path directory, Path file) {
    for (Path path = file; path.depth() > directory.depth(); path = path.getParent()) {
      if (hidden(path)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a name says that a file is none of the data. */
  public static boolean hidden(Path path) {
    return hidden(path.getName());
  }

  static boolean hidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }

  /**
   * Gives Spark's part files names without the random part, so that the same work leaves the same
   * directory, drops markers and side files, and lists what is left.
   *
   * @return paths relative to the directory, in order
   */
  public List<String> tidy(Path directory) throws IOException {
    FileSystem fileSystem = fileSystem(directory);
    List<String> paths = new ArrayList<>();
    String root = fileSystem.makeQualified(directory).toUri().getPath() + "/";
    for (FileStatus file : list(directory)) {
      Path path = file.getPath();
      // A task that Spark gave up may still write below _temporary.
      if (hiddenBelow(fileSystem.makeQualified(directory), path)) {
        fileSystem.delete(path, false);
        continue;
      }
      // Executors' local file systems write checksums beside the parts; listings do not show them.
      if (fileSystem instanceof ChecksumFileSystem checked) {
        checked.getRawFileSystem().delete(checked.getChecksumFile(path), false);
      }
      String stable = PartName.stable(path.getName());
      Path renamed = new Path(path.getParent(), stable);
      if (!renamed.equals(path)) {
        rename(fileSystem, path, renamed);
      }
      String full = renamed.toUri().getPath();
      paths.add(full.substring(root.length()));
    }
    paths.sort(Comparator.naturalOrder());
    return paths;
  }

  /**
   * A file as it was read back.
   *
   * @param from path of what was read: the file, or a copy that is to take its place
   */
  public record Described(Manifest.OutputFile file, String from) implements Serializable {}

  /**
   * Reads a file back: its length, rows if it is Parquet, and checksum. Of a Parquet file in which
   * the writer left something to chance, a copy in order is made and told of.
   */
  public Described describe(Path directory, String relative) throws IOException {
    Path path = new Path(directory, relative);
    boolean parquet = relative.endsWith(".parquet");
    Path copy = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
    Path read = parquet && ParquetFooters.sortEncodings(fileSystem(path), path, copy) ? copy : path;
    long bytes = fileSystem(read).getFileStatus(read).getLen();
    String sha256 = FileCheck.sha256(hadoop, read);
    long rows = parquet ? rows(read) : -1;
    return new Described(new Manifest.OutputFile(relative, bytes, rows, sha256), read.toString());
  }

  private long rows(Path path) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
      return reader.getRecordCount();
    }
  }

  /**
   * Puts the copies in the places of their files, and sweeps away those of attempts that failed.
   */
  public void settle(Path directory, Collection<Described> described) throws IOException {
    FileSystem fileSystem = fileSystem(directory);
    for (Described one : described) {
      Path from = new Path(one.from());
      Path path = new Path(directory, one.file().path());
      if (!from.equals(path)) {
        fileSystem.delete(path, false);
        rename(fileSystem, from, path);
      }
    }
    for (FileStatus file : list(directory)) {
      if (hidden(file.getPath())) {
        fileSystem.delete(file.getPath(), false);
      }
    }
  }

  /**
   * Whether one path is the other or lies below it, whichever is the outer one, local links
   * followed.
   *
   * @param other may be a glob: of one that would match the path or what lies below it
   */
  public boolean overlap(String one, String other) throws IOException {
    Path first = real(one);
    Path second = real(other);
    return first.toUri().resolve("/").equals(second.toUri().resolve("/"))
        && named(second).overlaps(first.toUri().getPath());
  }

  /** The path by its full name; of a local one, with links followed as far as it exists. */
  private Path real(String path) throws IOException {
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
   * The full name of a path, whose file system is not asked and need not be there.
   *
   * @throws IllegalArgumentException if it is not a path
   */
  public String fullName(String path) throws IOException {
    FileSystem byDefault = FileSystem.get(hadoop);
    return new Path(path)
        .makeQualified(byDefault.getUri(), byDefault.getWorkingDirectory())
        .toString();
  }

  /** Renames, and fails where Hadoop would only say so. */
  public static void rename(FileSystem fileSystem, Path from, Path to) throws IOException {
    if (!fileSystem.rename(from, to)) {
      throw new IOException("could not rename " + from + " to " + to);
    }
  }

  public String readString(Path path) throws IOException {
    try (InputStream in = open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes a file that appears by a rename: whole, or not at all. */
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
