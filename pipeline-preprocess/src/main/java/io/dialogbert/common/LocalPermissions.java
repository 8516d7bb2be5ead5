package io.dialogbert.common;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Function;

/**
 * Finds out why local files cannot be read: Hadoop's local file system calls those not found that
 * it has no permission for.
 */
final class LocalPermissions {
  private LocalPermissions() {}

  /**
   * Makes sure that a path, or the nearest one above it that exists, may be read.
   *
   * @param qualified of any file system; only local ones are looked at
   * @throws AccessDeniedException if it may not
   */
  static void require(org.apache.hadoop.fs.Path qualified) throws AccessDeniedException {
    if (!isLocal(qualified)) {
      return;
    }
    Path path = Path.of(qualified.toUri().getPath());
    while (path != null) {
      try {
        requireOne(path);
        return;
      } catch (AccessDeniedException e) {
        throw e;
      } catch (NoSuchFileException e) {
        path = path.getParent();
      } catch (IOException e) {
        // Another reason, which whoever asked has met, too.
        return;
      }
    }
  }

  private static void requireOne(Path path) throws IOException {
    boolean isDirectory = Files.readAttributes(path, BasicFileAttributes.class).isDirectory();
    if (!Files.isReadable(path) || (isDirectory && !Files.isExecutable(path))) {
      throw new AccessDeniedException(path.toString());
    }
  }

  /**
   * Makes sure that a file that was listed may be read.
   *
   * @param shownName what the error calls it
   * @throws AccessDeniedException if it is local and may not
   */
  static void requireReadable(
      org.apache.hadoop.fs.Path file, Function<org.apache.hadoop.fs.Path, String> shownName)
      throws AccessDeniedException {
    if (isLocal(file) && !Files.isReadable(Path.of(file.toUri().getPath()))) {
      throw new AccessDeniedException(shownName.apply(file));
    }
  }

  private static boolean isLocal(org.apache.hadoop.fs.Path qualified) {
    return "file".equals(qualified.toUri().getScheme());
  }
}
