package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.Refusal;
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
 * Looks for what Hadoop leaves out in silence when it lists local files: links that lead nowhere,
 * names that are not in the locale's character set, directories without permission. Hidden files
 * and directories are none of the data, and not looked at.
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
   * Makes sure that a listing of local files leaves nothing out.
   *
   * @param shownName what an error calls a file
   * @throws BadInputException if a file would be left out, or cannot be opened for its name
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
    // Of others, these are the attributes of what they lead to.
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
    // Its message may name a file.
    if (e instanceof AccessDeniedException) {
      throw new AccessDeniedException("all of directory " + glob.base());
    }
    if (file.equals(base)) {
      // Then nothing is found, which is no silence.
      return FileVisitResult.CONTINUE;
    }
    throw new BadInputException(
        "directory cannot be listed: " + glob.base() + " (" + Refusal.of(e) + ")");
  }

  private boolean isNoData(Path path) {
    return !path.equals(base)
        && (!glob.overlaps(path.toString()) || Directories.hidden(path.getFileName().toString()));
  }

  private void requireName(Path path, boolean withoutColon) {
    if (!isSpelled(path)) {
      throw new BadInputException(
          "a name in "
              + glob.base()
              + " is not in the character set of this process's locale, "
              + Refusal.nameEncoding()
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

  /** Whether the name, read as text, leads to the same file. */
  private static boolean isSpelled(Path path) {
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
