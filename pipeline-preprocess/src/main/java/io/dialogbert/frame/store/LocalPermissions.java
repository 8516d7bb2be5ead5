package io.dialogbert.frame.store;

import io.dialogbert.common.BadInputException;
import io.dialogbert.common.LocalFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out why local files cannot be read. Hadoop's local file system reports files without
 * permission as not found.
 */
final class LocalPermissions {
  private static final Pattern GLOB = Pattern.compile("[*?{\\[]");
  private static final Logger LOG = LoggerFactory.getLogger(LocalPermissions.class);

  private LocalPermissions() {}

  /**
   * Checks that a path may be read; for a glob, the directory where it begins.
   *
   * @param qualified on any file system; only local paths are checked
   * @throws AccessDeniedException if it may not be read
   * @throws BadInputException if it cannot be read for another reason
   */
  static void require(org.apache.hadoop.fs.Path qualified) throws AccessDeniedException {
    if (!isLocal(qualified)) {
      return;
    }
    Path path = Path.of(qualified.toUri().getPath());
    try {
      while (!Files.exists(path) && GLOB.matcher(path.toString()).find()) {
        path = path.getParent();
      }
      requireOne(path);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (NoSuchFileException e) {
      LOG.debug("missing, as Hadoop says", e);
    } catch (IOException e) {
      if (!isBelowAFile(path)) {
        throw new BadInputException(path + " cannot be read (" + LocalFiles.reason(e) + ")", e);
      }
      LOG.debug("missing, as Hadoop says", e);
    }
  }

  private static boolean isBelowAFile(Path path) {
    Path parent = path.getParent();
    while (parent != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    return parent != null && !Files.isDirectory(parent);
  }

  private static void requireOne(Path path) throws IOException {
    boolean isDirectory = Files.readAttributes(path, BasicFileAttributes.class).isDirectory();
    if (!Files.isReadable(path) || (isDirectory && !Files.isExecutable(path))) {
      throw new AccessDeniedException(path.toString());
    }
  }

  /**
   * Checks that a listed file may be read.
   *
   * @param shownName how the error message shows it
   * @throws AccessDeniedException if it is local and may not be read
   */
  static void requireReadable(
      org.apache.hadoop.fs.Path file, Function<org.apache.hadoop.fs.Path, String> shownName)
      throws AccessDeniedException {
    if (isLocal(file) && !Files.isReadable(Path.of(file.toUri().getPath()))) {
      throw new AccessDeniedException(shownName.apply(file));
    }
  }

  static boolean isLocal(org.apache.hadoop.fs.Path qualified) {
    return "file".equals(qualified.toUri().getScheme());
  }
}
