package io.dialogbert.privacy;

import io.dialogbert.common.BadConfigException;
import io.dialogbert.common.BadInputException;
import io.dialogbert.common.LocalFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The secret key that turns ids into pseudonyms. It comes from a file or an environment variable,
 * never from a config, and never appears in a message. A trailing line break is not part of it.
 */
public final class PseudonymKey {
  /** Minimum key length in bytes: as many bits as a pseudonym has. */
  public static final int MIN_BYTES = 16;

  private final byte[] bytes;

  private PseudonymKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The key in {@code file}, as bytes.
   *
   * @throws BadConfigException if the file is missing or holds fewer than {@link #MIN_BYTES} bytes
   * @throws BadInputException if reading it is not permitted
   */
  public static PseudonymKey ofFile(Path file) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (AccessDeniedException e) {
      throw new BadInputException("no permission: pseudonym key file " + file, e);
    } catch (IOException e) {
      throw new BadConfigException(
          "pseudonym key file cannot be read: " + file + " (" + LocalFiles.reason(e) + ")", e);
    }
    return checked(content, "file " + file);
  }

  /**
   * The key in {@code variable}, in UTF-8.
   *
   * @param environment usually {@link System#getenv()}
   * @throws BadConfigException if the variable is not set or holds fewer than {@link #MIN_BYTES}
   *     bytes
   */
  public static PseudonymKey ofEnvironment(String variable, Map<String, String> environment) {
    String value = environment.get(variable);
    if (value == null) {
      throw new BadConfigException(
          "pseudonym key missing: environment variable " + variable + " is not set");
    }
    return checked(value.getBytes(StandardCharsets.UTF_8), "environment variable " + variable);
  }

  /**
   * A key that the caller already has, for example one broadcast to a worker.
   *
   * @throws BadConfigException if it is shorter than {@link #MIN_BYTES}
   */
  public static PseudonymKey ofBytes(byte[] bytes) {
    return checked(bytes.clone(), "given bytes");
  }

  private static PseudonymKey checked(byte[] content, String place) {
    int length = content.length;
    while (length > 0 && (content[length - 1] == '\n' || content[length - 1] == '\r')) {
      length--;
    }
    if (length < MIN_BYTES) {
      throw new BadConfigException(
          "pseudonym key too short: "
              + length
              + " bytes, at least "
              + MIN_BYTES
              + " needed ("
              + place
              + ")");
    }
    return new PseudonymKey(Arrays.copyOf(content, length));
  }

  /** A copy of the key. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Reveals nothing about the key. */
  @Override
  public String toString() {
    return "PseudonymKey[hidden]";
  }
}
