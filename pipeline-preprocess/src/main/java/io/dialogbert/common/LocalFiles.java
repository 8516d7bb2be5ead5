package io.dialogbert.common;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks and creates local files and directories. Errors give the reason in the operating system's
 * words.
 */
public final class LocalFiles {
  public static final String PERMISSION_DENIED = "Permission denied";

  /** Exceptions whose class alone gives the reason. */
  private static final Map<Class<?>, String> BY_CLASS =
      Map.of(
          AccessDeniedException.class, PERMISSION_DENIED,
          NoSuchFileException.class, "No such file or directory",
          NotDirectoryException.class, "Not a directory",
          FileAlreadyExistsException.class, "File exists");

  /** The reason as {@code java.io} appends it to the path. */
  private static final Pattern REASON = Pattern.compile(" \\(([^()]+)\\)$");

  private LocalFiles() {}

  /** Why an operation failed, in the operating system's words. */
  public static String reason(IOException e) {
    String byClass = BY_CLASS.get(e.getClass());
    if (byClass != null) {
      return byClass;
    } else if (e instanceof FileSystemException reasoned && reasoned.getReason() != null) {
      return reasoned.getReason();
    }
    Matcher reason = REASON.matcher(String.valueOf(e.getMessage()));
    return e instanceof FileNotFoundException && reason.find()
        ? reason.group(1)
        : e.getClass().getSimpleName();
  }

  /**
   * Checks that a local file can be read. The file is not opened, since a pipe can be opened only
   * once.
   */
  public static void requireReadable(Path file) throws IOException {
    if (Files.readAttributes(file, BasicFileAttributes.class).isDirectory()) {
      throw new FileSystemException(file.toString(), null, "Is a directory");
    }
    if (!Files.isReadable(file)) {
      throw new AccessDeniedException(file.toString());
    }
  }

  /** The character set in which Java encodes file names: the locale's. */
  public static String nameEncoding() {
    return System.getProperty("sun.jnu.encoding");
  }

  /**
   * Creates a local directory and its missing parents.
   *
   * @throws IOException naming the nearest ancestor that exists
   */
  public static void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      Path there = directory.toAbsolutePath();
      while (there.getParent() != null && !Files.exists(there)) {
        there = there.getParent();
      }
      throw new IOException(there + ": " + reason(e), e);
    }
  }

  /**
   * Creates a local directory and checks that files can be created in it.
   *
   * @throws IOException naming the directory, or its nearest ancestor that exists
   */
  public static void createWritableDirectory(Path directory) throws IOException {
    createDirectory(directory);
    if (!Files.isWritable(directory)) {
      throw new IOException(directory + ": " + PERMISSION_DENIED);
    }
  }
}
