package io.dialogbert.common;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/** Class-path files that affect a job's output, such as rules and word lists. */
public final class Resources {
  private Resources() {}

  /**
   * Hashes the names and contents of files.
   *
   * @param home the class whose package holds the files
   * @param names relative to it, in a fixed order
   * @return SHA-256 in hexadecimal
   * @throws UncheckedIOException if one of them is missing
   */
  public static String fingerprint(Class<?> home, List<String> names) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (String name : names) {
      // The lengths mark where each name and each content ends.
      add(digest, name.getBytes(StandardCharsets.UTF_8));
      add(digest, bytes(home, name));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static byte[] bytes(Class<?> home, String name) {
    try (InputStream in = home.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("class path lacks the file " + name, e);
    }
  }
}
