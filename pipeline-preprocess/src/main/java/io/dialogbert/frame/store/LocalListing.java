package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.LocalFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks for what Hadoop silently skips when it lists local files: broken links, names outside the
 * locale's character set, directories without permission. Hidden files and directories are not data
 * and are ignored.
 */
final class LocalListing extends SimpleFileVisitor<Path> {
  private final Glob glob;
  private final Path base;
  private final Function<org.apache.hadoop.fs.Path, String> shownName;

  private LocalListing(Glob glob, Function<org.apache.hadoop.fs.Path, String> shownName) {
    this.glob = glob;
    this.base = Path.of(glob.base().toUri().getPath());
    this.shownName = shownName;
  }

  /**
   * Checks that a listing of local files is complete.
   *
   * @param shownName how an error message shows a file
   * @throws BadInputException if a file would be left out, or cannot be opened because of its name
   * @throws AccessDeniedException if a directory may not be listed
   */
  static void requireComplete(Glob glob, Function<org.apache.hadoop.fs.Path, String> shownName)
      throws IOException {
    LocalListing listing = new LocalListing(glob, shownName);
    Files.walkFileTree(
        listing.base, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, listing);
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    if (isNoData(directory)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    requireName(directory, glob.searches(directory.toString()) && !directory.equals(base));
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (isNoData(file)) {
      return FileVisitResult.CONTINUE;
    }
    requireName(file, true);
    // Links are followed; only a broken one still has the attributes of a link.
    if (attributes.isSymbolicLink()) {
      throw new BadInputException(
          "link leads nowhere: "
              + shown(file)
              + " in "
              + glob.base()
              + " (find DIRECTORY -xtype l shows such links)");
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (isNoData(file)) {
      return FileVisitResult.CONTINUE;
    }
    // The exception's message may contain a file name.
    if (e instanceof AccessDeniedException) {
      throw new AccessDeniedException("all of directory " + glob.base());
    }
    if (file.equals(base)) {
      // Then no file is found, which is reported later.
      return FileVisitResult.CONTINUE;
    }
    throw new BadInputException(
        "directory cannot be listed: " + glob.base() + " (" + LocalFiles.reason(e) + ")");
  }

  private boolean isNoData(Path path) {
    return !path.equals(base)
        && (!glob.overlaps(path.toString()) || Directories.hidden(path.getFileName().toString()));
  }

  private void requireName(Path path, boolean withoutColon) {
    if (!isRepresentable(path)) {
      throw new BadInputException(
          "a name in "
              + glob.base()
              + " is not in the character set of this process's locale, "
              + LocalFiles.nameEncoding()
              + ", so that Java cannot open it; rename what is spelled otherwise (convmv does), or"
              + " set LC_ALL in the environment to a locale that is installed, such as C.UTF-8");
    }
    if (withoutColon && path.getFileName().toString().contains(":")) {
      throw new BadInputException(
          "Hadoop cannot open local files with a colon in their name: "
              + shown(path)
              + " in "
              + glob.base()
              + "; rename what has one");
    }
  }

  /** Whether the name survives conversion to text and back. */
  private static boolean isRepresentable(Path path) {
    try {
      return Path.of(path.toString()).equals(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private String shown(Path path) {
    return shownName.apply(new org.apache.hadoop.fs.Path(path.toUri()));
  }
}
