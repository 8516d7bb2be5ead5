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

/** Files of the class path that decide what a job makes, such as rules and lists of words. */
public final class Resources {
  private Resources() {}

  /**
   * Identifies the names and the content of files.
   *
   * @param home the class beside which the files lie
   * @param names relative to it, in an order that never changes
   * @return SHA-256 in hexadecimal
   * @throws UncheckedIOException if one of them is missing
   */
  public static String fingerprint(Class<?> home, List<String> names) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (String name : names) {
      // The lengths tell where a name and a content end.
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
